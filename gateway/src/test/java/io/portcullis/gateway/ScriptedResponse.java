package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/** What a service sends for one request, legal or not. {@code {mark}} stands for the caller's mark. */
enum ScriptedResponse {
    PLAIN("{ok}"),
    INTERIM("HTTP/1.1 102 Processing\r\n\r\n{ok}"),
    SEVERAL_INTERIM(
            "HTTP/1.1 103 Early Hints\r\nX-Mark: early\r\nContent-Length: 3\r\n\r\nHTTP/1.1 102 A\r\n\r\nHTTP/1.1 199 B\r\n\r\n{ok}"),
    CONTINUE("HTTP/1.1 100 Continue\r\n\r\n{ok}"),
    CHUNKS(
            "HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nTransfer-Encoding: Chunked\r\n\r\n{size};a=b\r\n{mark}\r\n0\r\nX-T: 1\r\n\r\n"),
    UNTIL_THE_END("HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\n\r\n{mark}", Outcome.OWN, true),
    UNTIL_THE_END_OF_1_0("HTTP/1.0 200 OK\r\nX-Mark: {mark}\r\n\r\n{mark}", Outcome.OWN, true),
    KEPT_BY_1_0(
            "HTTP/1.0 200 OK\r\nX-Mark: {mark}\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", Outcome.EMPTY),
    LARGE("HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nContent-Length: 40000\r\n\r\n{large}", Outcome.LARGE),
    NO_CONTENT("HTTP/1.1 204 No Content\r\nX-Mark: {mark}\r\n\r\n", Outcome.EMPTY),
    NOT_MODIFIED("HTTP/1.1 304 Not Modified\r\nX-Mark: {mark}\r\nETag: \"1\"\r\n\r\n", Outcome.EMPTY),
    CLOSED_WITHOUT_NOTICE("{ok}", Outcome.OWN, true),

    SURPLUS_RESPONSE("{ok}HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nContent-Length: 7\r\n\r\nsurplus"),
    SURPLUS_HEAD("{ok}HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nX-Rest: "),
    SURPLUS_BYTES("{ok}{mark}"),
    SURPLUS_BYTE("{ok}1"),
    SURPLUS_INTERIM("{ok}HTTP/1.1 103 Early Hints\r\nX-Mark: {mark}\r\n\r\n"),
    SURPLUS_CHUNK("{chunked}{size}\r\n{mark}\r\n0\r\n\r\n{size}\r\n{mark}\r\n0\r\n\r\n"),
    NO_CONTENT_WITH_BODY(
            "HTTP/1.1 204 No Content\r\nX-Mark: {mark}\r\nContent-Length: 9\r\n\r\nHTTP/1.1 ", Outcome.EMPTY),
    NO_CONTENT_WITH_RESPONSE("HTTP/1.1 204 No Content\r\nX-Mark: {mark}\r\n\r\n{ok}", Outcome.EMPTY),
    NOT_MODIFIED_WITH_BODY("HTTP/1.1 304 Not Modified\r\nX-Mark: {mark}\r\n\r\n{mark}", Outcome.EMPTY),

    GARBAGE("{mark}\r\n\r\n", Outcome.BAD),
    NO_COLON("HTTP/1.1 200 OK\r\n{mark}\r\n\r\n", Outcome.BAD),
    TWO_LENGTHS("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", Outcome.BAD),
    LENGTH_AND_CHUNKS(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Outcome.BAD),
    NEGATIVE_LENGTH("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Outcome.BAD),
    ODD_LENGTH("HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n1", Outcome.BAD),
    CHUNKS_OF_1_0("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Outcome.BAD),
    OTHER_CODING("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Outcome.BAD),
    CHUNKS_NOT_LAST("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", Outcome.BAD),
    LARGE_HEAD("HTTP/1.1 200 OK\r\nX-Large: {large}\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    LARGE_STATUS_LINE("HTTP/1.1 200 {large}\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    UNASKED_UPGRADE(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n{ok}", Outcome.BAD),
    SHORT_STATUS("HTTP/1.1 99 A\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    LONG_STATUS("HTTP/1.1 0200 OK\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    SIGNED_STATUS("HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    ZERO_STATUS("HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    OTHER_VERSION("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", Outcome.BAD),
    NOTHING("", Outcome.BAD, true),
    HALF_A_HEAD("HTTP/1.1 200 OK\r\nX-Mark: {mark}", Outcome.BAD, true),
    INTERIM_ALONE("HTTP/1.1 103 Early Hints\r\nX-Mark: {mark}\r\n\r\n", Outcome.BAD, true),
    INTERIM_WITHOUT_END("{interim}", Outcome.BAD),

    TRUNCATED("HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nContent-Length: 50000\r\n\r\n{mark}", Outcome.CUT, true),
    TRUNCATED_CHUNKS("{chunked}fff\r\n{mark}", Outcome.CUT, true),
    MISSING_LAST_CHUNK("{chunked}{size}\r\n{mark}\r\n", Outcome.CUT, true),
    BAD_CHUNK_SIZE("{chunked}xyz\r\n{mark}\r\n", Outcome.CUT),
    BAD_SECOND_CHUNK("{chunked}{size}\r\n{mark}\r\n-1\r\n{mark}\r\n0\r\n\r\n", Outcome.CUT),
    BAD_CHUNK_END("{chunked}{size}\r\n{mark}ab", Outcome.CUT);

    /** What the caller of a {@code GET} sees. */
    enum Outcome {
        /** 200 with the mark in header and body. */
        OWN,
        /** The mark in the header, and no body. */
        EMPTY,
        /** 200 with a body of 40,000 bytes. */
        LARGE,
        /** 502 with the JSON of a problem. */
        BAD,
        /** Either 502, or a response that visibly breaks off. */
        CUT
    }

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String BIG = "x".repeat(40_000);

    private final String template;
    private final Outcome outcome;
    private final boolean closes;

    ScriptedResponse(String template) {
        this(template, Outcome.OWN, false);
    }

    ScriptedResponse(String template, Outcome outcome) {
        this(template, outcome, false);
    }

    ScriptedResponse(String template, Outcome outcome, boolean closes) {
        this.template = template;
        this.outcome = outcome;
        this.closes = closes;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Whether the service closes the connection behind it. */
    boolean closes() {
        return closes;
    }

    String text(String mark) {
        return template.replace("{ok}", ok(mark))
                .replace("{chunked}", CHUNKED)
                .replace("{mark}", mark)
                .replace("{size}", Integer.toHexString(mark.length()))
                .replace("{large}", BIG)
                .replace("{interim}", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000));
    }

    /** How much of the text belongs to the response, so that no byte behind it may come later than its last one. */
    int end(String mark) {
        String text = text(mark);
        if (!name().contains("SURPLUS") && !name().contains("WITH")) {
            return text.length();
        }
        int head = text.indexOf("\r\n\r\n") + 4;
        boolean own = text.startsWith("HTTP/1.1 200") && !name().contains("CHUNK");
        return own ? head + mark.length() : head;
    }

    /** Returns the value of {@code Sec-WebSocket-Accept} for a key (RFC 6455 section 1.3). */
    static String acceptOf(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static String ok(String mark) {
        return "HTTP/1.1 200 OK\r\nX-Mark: " + mark + "\r\nContent-Length: " + mark.length() + "\r\n\r\n" + mark;
    }

    /** The response that the last part of a path names, such as {@code /scripted/bad-chunk-end}. */
    static ScriptedResponse of(String path) {
        return valueOf(
                path.substring(path.lastIndexOf('/') + 1).replace('-', '_').toUpperCase(Locale.ROOT));
    }

    String path() {
        return "/scripted/" + name().replace('_', '-').toLowerCase(Locale.ROOT);
    }
}
