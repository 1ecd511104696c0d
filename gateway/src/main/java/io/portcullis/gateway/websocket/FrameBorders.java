package io.portcullis.gateway.websocket;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames in the bytes that are sent to one peer of a WebSocket (RFC 6455 section 5.2), as far as it takes to know where a frame
 * ends. The payload is not read.
 */
final class FrameBorders {
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 0x8;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_OF_16_BITS = 126;
    private static final int LENGTH_OF_64_BITS = 127;
    private static final int MASK_BYTES = 4;
    private static final int SMALLEST_HEADER = 2;

    /** The number of bytes of the current frame's header that have been seen; 0 outside of a header. */
    private int seen;

    private int headerBytes;
    private int lengthBytes;
    private int opcode;
    private long length;
    /** The number of bytes of the current frame's payload that are still to come. */
    private long left;

    private boolean closed;

    /** Returns whether the last byte was the last one of a frame, or no byte has been seen yet. */
    boolean isAtBorder() {
        return seen == 0 && left == 0;
    }

    /** Returns whether the header of a close frame has been seen. */
    boolean isClosed() {
        return closed;
    }

    /** Follows all readable bytes of the buffer, and leaves its indexes as they are. */
    void follow(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (at < bytes.writerIndex()) {
            at = step(bytes, at);
        }
    }

    /** Follows the bytes up to the next border, and returns their number: 0 at a border, all readable bytes if no border is among them. */
    int followToBorder(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (!isAtBorder() && at < bytes.writerIndex()) {
            at = step(bytes, at);
        }
        return at - bytes.readerIndex();
    }

    /** Follows one byte of a header, or as much of a payload as there is. Returns the index behind. */
    private int step(ByteBuf bytes, int at) {
        if (left > 0) {
            int skipped = (int) Math.min(left, bytes.writerIndex() - at);
            left -= skipped;
            return at + skipped;
        }
        header(bytes.getUnsignedByte(at));
        return at + 1;
    }

    private void header(int octet) {
        if (seen == 0) {
            opcode = octet & OPCODE;
        } else if (seen == 1) {
            beginLength(octet);
        } else if (seen < SMALLEST_HEADER + lengthBytes) {
            length = length << Byte.SIZE | octet;
        }
        seen++;
        if (seen > 1 && seen == headerBytes) {
            seen = 0;
            // The first bit of a length of 64 bits must be 0. A frame that breaks this rule has no known end.
            left = length < 0 ? Long.MAX_VALUE : length;
            closed |= opcode == CLOSE;
        }
    }

    private void beginLength(int octet) {
        int shortLength = octet & LENGTH;
        lengthBytes =
                shortLength == LENGTH_OF_16_BITS ? Short.BYTES : shortLength == LENGTH_OF_64_BITS ? Long.BYTES : 0;
        length = lengthBytes == 0 ? shortLength : 0;
        headerBytes = SMALLEST_HEADER + lengthBytes + ((octet & MASKED) == 0 ? 0 : MASK_BYTES);
    }
}
