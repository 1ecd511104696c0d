package io.portcullis.gateway.endpoint;

/**
 * A body behind its content coding.
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
}
