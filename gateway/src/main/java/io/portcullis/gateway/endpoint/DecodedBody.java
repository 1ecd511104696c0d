package io.portcullis.gateway.endpoint;

/**
 * A body behind its content codings.
 *
 * @param bytes all of it, or as much as could be decoded
 */
@SuppressWarnings("ArrayRecordComponent")
record DecodedBody(byte[] bytes, Outcome outcome) {
    enum Outcome {
        WHOLE,
        /** The body is not encoded as its headers say, or it ends too early. */
        BROKEN,
        /** There is more than is decoded. */
        OVERLONG
    }

    /** The result of the next coding, in which a failure of this one is kept. */
    DecodedBody then(DecodedBody next) {
        return outcome == Outcome.WHOLE ? next : new DecodedBody(next.bytes, outcome);
    }
}
