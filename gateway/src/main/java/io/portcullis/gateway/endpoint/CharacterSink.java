package io.portcullis.gateway.endpoint;

/** One step of a reading of a text: receives its characters one by one, and usually decodes them for the next step. */
interface CharacterSink {
    /** The next character, or the next byte as a character from 0 to 255. */
    void accept(char c);

    /** The text has ended. What follows is another text. */
    void end();
}
