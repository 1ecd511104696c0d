package io.portcullis.core.token;

import java.nio.ByteBuffer;

/**
 * The path to which a ticket is bound: the first 16 bytes of the SHA-256 of the path, or zeros for a ticket that is good on each
 * path. A ticket carries the digest and not the path, so that the length of a ticket does not depend on the path.
 */
public record TicketPath(long high, long low) {
    /** Stands for each path. */
    public static final TicketPath ANY = new TicketPath(0, 0);

    /** The length in bytes. */
    static final int LENGTH = 16;

    /**
     * Returns the digest of a path.
     *
     * @param path the path in a normalised form, so that one path has one digest
     */
    public static TicketPath of(String path) {
        return read(ByteBuffer.wrap(TokenDigest.sha256(path)));
    }

    static TicketPath read(ByteBuffer bytes) {
        return new TicketPath(bytes.getLong(), bytes.getLong());
    }

    ByteBuffer writeTo(ByteBuffer body) {
        return body.putLong(high).putLong(low);
    }

    boolean isAny() {
        return equals(ANY);
    }
}
