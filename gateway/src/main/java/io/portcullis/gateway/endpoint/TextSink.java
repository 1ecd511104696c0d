package io.portcullis.gateway.endpoint;

/** One step of a reading of a text: receives the text in pieces, and usually decodes them for the next steps. */
interface TextSink {
    /**
     * Takes the next piece of the text. Does not keep the array.
     *
     * @param piece characters, or bytes as characters from 0 to 255
     * @param length the number of characters in the piece
     */
    void accept(char[] piece, int length);

    /** Ends the text. What follows is another text. */
    void end();
}
