package io.portcullis.gateway.accesslog;

import io.portcullis.core.token.LoggedPath;
import io.portcullis.core.token.store.Identity;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The line of a request: a JSON object in printable ASCII, so that no request can forge a line or control a terminal. A field without a
 * value is left out. No field has a token: the query and the headers are not logged, and a segment of the path that has a token is
 * replaced.
 */
final class AccessLine {
    private static final int MAX_TEXT = 2048;
    private static final int TYPICAL_LENGTH = 384;

    private final StringBuilder line = new StringBuilder(TYPICAL_LENGTH).append('{');

    private AccessLine() {}

    /** How the exchange of a request and its response ended. */
    enum End {
        /** The response was written completely. */
        COMPLETE,
        /** The client closed the connection before. */
        CLIENT,
        /** The gateway closed the connection before, for example because the service failed or the session ended. */
        GATEWAY
    }

    /**
     * Returns the line without its end.
     *
     * @param status the status of the response, 0 if none was written
     * @param bytes the number of bytes of the response's body that were written to the connection
     */
    static String of(AccessRecord record, int status, long bytes, long nanos, End end) {
        AccessRecord.Received received = record.received();
        AccessLine line = new AccessLine();
        line.text("time", received.time().toString());
        line.text("requestId", received.requestId());
        line.text("client", received.client());
        line.text("method", received.method());
        String path = received.path();
        line.text("path", path == null ? null : LoggedPath.withoutTokens(path));
        line.text("protocol", received.protocol());
        line.name("status").append(status);
        line.name("bytes").append(bytes);
        line.millis("durationMillis", nanos);
        line.text("route", record.routeId());
        Identity identity = record.identity();
        if (identity != null) {
            line.text("userId", identity.userId());
            line.text("sessionId", identity.sessionId());
        }
        line.text("end", end.name().toLowerCase(Locale.ROOT));
        return line.line.append('}').toString();
    }

    private StringBuilder name(String name) {
        if (line.length() > 1) {
            line.append(',');
        }
        return line.append('"').append(name).append("\":");
    }

    private void text(String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        name(name).append('"');
        for (int i = 0; i < Math.min(value.length(), MAX_TEXT); i++) {
            append(value.charAt(i));
        }
        line.append('"');
    }

    private void append(char c) {
        if (c < ' ' || c > '~') {
            line.append("\\u").append(HexFormat.of().toHexDigits(c));
        } else {
            if (c == '"' || c == '\\') {
                line.append('\\');
            }
            line.append(c);
        }
    }

    /** Appends milliseconds with three decimals. */
    private void millis(String name, long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        long fraction = micros % 1_000;
        name(name).append(micros / 1_000).append('.');
        line.append((char) ('0' + fraction / 100))
                .append((char) ('0' + fraction / 10 % 10))
                .append((char) ('0' + fraction % 10));
    }
}
