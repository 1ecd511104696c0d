package io.portcullis.gateway.endpoint;

import io.portcullis.gateway.endpoint.DecodedBody.Outcome;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decodes the gzip format (RFC 1952) with any number of members, the zlib format (RFC 1950), and deflate without either (RFC 1951). */
final class Inflation {
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int GZIP_HEADER = 10;
    private static final int GZIP_TRAILER = 8;
    private static final int METHOD_DEFLATE = 8;
    private static final int HEADER_CHECKSUM = 0x02;
    private static final int EXTRA = 0x04;
    private static final int NAME = 0x08;
    private static final int COMMENT = 0x10;
    private static final int CHUNK = 8 * 1024;
    /** The number of gzip members in one body. Each costs a reset of the inflater, and has 20 bytes at least. */
    private static final int MAX_MEMBERS = 64;

    private final byte[] source;
    private final int limit;
    private final Inflater inflater;
    private final ByteArrayOutputStream target = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[CHUNK];
    private int position;

    private Inflation(byte[] source, int limit, Inflater inflater) {
        this.source = source;
        this.limit = limit;
        this.inflater = inflater;
    }

    /** @param deflate whether the coding is {@code deflate} and not {@code gzip} */
    static DecodedBody of(byte[] source, boolean deflate, int limit) {
        // Some clients send what the coding names deflate without the zlib format around it.
        boolean zlib = deflate && isZlib(source);
        Inflater inflater = new Inflater(!zlib);
        try {
            var inflation = new Inflation(source, limit, inflater);
            Outcome outcome = deflate ? inflation.inflateWhole() : inflation.inflateMembers();
            return new DecodedBody(inflation.target.toByteArray(), outcome);
        } finally {
            inflater.end();
        }
    }

    private static boolean isZlib(byte[] source) {
        return source.length >= 2
                && (source[0] & 0x0f) == METHOD_DEFLATE
                && (((source[0] & 0xff) << 8) + (source[1] & 0xff)) % 31 == 0;
    }

    /** Inflates one stream. Bytes behind it would not be read, so the body counts as broken. */
    private Outcome inflateWhole() {
        Outcome outcome = inflate();
        return outcome == Outcome.WHOLE && position < source.length ? Outcome.BROKEN : outcome;
    }

    private Outcome inflateMembers() {
        Outcome outcome;
        int members = 0;
        do {
            if (++members > MAX_MEMBERS) {
                return Outcome.OVERLONG;
            }
            outcome = skipMemberHeader() ? inflate() : Outcome.BROKEN;
            if (outcome == Outcome.WHOLE) {
                outcome = skip(GZIP_TRAILER) ? Outcome.WHOLE : Outcome.BROKEN;
            }
        } while (outcome == Outcome.WHOLE && position < source.length);
        return outcome;
    }

    private boolean skipMemberHeader() {
        int start = position;
        if (!skip(GZIP_HEADER)
                || (unsignedAt(start) << 8 | unsignedAt(start + 1)) != GZIP_MAGIC
                || unsignedAt(start + 2) != METHOD_DEFLATE) {
            return false;
        }
        int flags = unsignedAt(start + 3);
        return ((flags & EXTRA) == 0 || skipExtra())
                && ((flags & NAME) == 0 || skipText())
                && ((flags & COMMENT) == 0 || skipText())
                && ((flags & HEADER_CHECKSUM) == 0 || skip(2));
    }

    private boolean skipExtra() {
        int start = position;
        return skip(2) && skip(unsignedAt(start) | unsignedAt(start + 1) << 8);
    }

    private boolean skipText() {
        while (position < source.length) {
            position++;
            if (source[position - 1] == 0) {
                return true;
            }
        }
        return false;
    }

    private boolean skip(int count) {
        position += count;
        return position <= source.length;
    }

    private int unsignedAt(int index) {
        return source[index] & 0xff;
    }

    /** Inflates from the position on, and moves the position behind what was inflated. */
    private Outcome inflate() {
        inflater.reset();
        inflater.setInput(source, position, source.length - position);
        try {
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 && !inflater.finished()) {
                    return Outcome.BROKEN;
                }
                int taken = Math.min(count, limit - target.size());
                target.write(chunk, 0, taken);
                if (taken < count) {
                    return Outcome.OVERLONG;
                }
            }
        } catch (DataFormatException e) {
            return Outcome.BROKEN;
        } finally {
            position = source.length - inflater.getRemaining();
        }
        return Outcome.WHOLE;
    }
}
