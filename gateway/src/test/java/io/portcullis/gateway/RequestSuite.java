package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/** Malformed and ambiguous requests, each with the answer of the gateway. All are for a service below {@code /raw}. */
final class RequestSuite {
    private static final String HOST = "Host: a.example\n";
    private static final String GET = "GET /raw/a HTTP/1.1\n";
    private static final String POST = "POST /raw/a HTTP/1.1\n" + HOST;
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\n\n";

    private static final List<Case> CASES = new ArrayList<>();

    static {
        lengths();
        codings();
        chunks();
        requestLines();
        targets();
        hosts();
        headers();
    }

    private RequestSuite() {}

    /**
     * A request.
     *
     * @param text in which a line feed stands for CRLF, {@code ␊} for a line feed alone, {@code ␍} for a carriage return alone,
     *     and {@code ␀} for NUL; one character for each byte
     * @param status of the gateway's answer
     */
    record Case(String name, String text, int status) {
        byte[] bytes() {
            return text.replace("\n", "\r\n")
                    .replace('␊', '\n')
                    .replace('␍', '\r')
                    .replace('␀', '\0')
                    .getBytes(ISO_8859_1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.copyOf(CASES);
    }

    private static void add(String name, int status, String text) {
        CASES.add(new Case(name, text, status));
    }

    private static void lengths() {
        length("5", 200);
        length("05", 200);
        length("0000000000000000000005", 200);
        length("  5  ", 200);
        length("+5", 400);
        length("-5", 400);
        length("5,5", 400);
        length("5, 5", 400);
        length("", 400);
        length("5 5", 400);
        length("0x5", 400);
        length("5;", 400);
        length("5.0", 400);
        length("5e0", 400);
        length("99999999999999999999", 400);
        length("five", 400);
        add("two equal lengths", 400, POST + "Content-Length: 5\nContent-Length: 5\n\nabcde");
        add("two different lengths", 400, POST + "Content-Length: 5\nContent-Length: 6\n\nabcde");
        add("a length with a space before the colon", 400, POST + "Content-Length : 5\n\nabcde");
        add("a length and chunks", 400, POST + "Content-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n");
        add("chunks and a length", 400, POST + "Transfer-Encoding: chunked\nContent-Length: 5\n\n0\n\n");
        add("a second length of another spelling", 400, POST + "Content-Length: 5\ncontent-LENGTH: 6\n\nabcde");
    }

    private static void length(String value, int status) {
        add("Content-Length '" + value + "'", status, POST + "Content-Length: " + value + "\n\nabcde");
    }

    private static void codings() {
        coding("chunked", 200);
        coding("CHUNKED", 200);
        coding("gzip, chunked", 501);
        coding("gzip", 501);
        coding("chunked, gzip", 501);
        coding("chunked, chunked", 400);
        coding("chunked, identity", 501);
        coding("identity", 501);
        coding("xchunked", 501);
        coding("chunked;a=b", 501);
        coding("\"chunked\"", 501);
        coding(",chunked", 501);
        coding("chunked,", 501);
        coding("chunked, ,", 501);
        coding("\u000bchunked", 400);
        coding("", 400);
        add("Transfer-Encoding twice", 400, POST + "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n0\n\n");
        add(
                "a coding before chunked in another line",
                501,
                POST + "Transfer-Encoding: gzip\nTransfer-Encoding: chunked\n\n0\n\n");
        add("Transfer-Encoding with a space before the colon", 400, POST + "Transfer-Encoding : chunked\n\n0\n\n");
        add(
                "Transfer-Encoding in HTTP/1.0",
                400,
                "POST /raw/a HTTP/1.0\n" + HOST + "Transfer-Encoding: chunked\n\n0\n\n");
    }

    private static void coding(String value, int status) {
        add("Transfer-Encoding '" + value + "'", status, POST + "Transfer-Encoding: " + value + "\n\n0\n\n");
    }

    private static void chunks() {
        add("chunks", 200, CHUNKED + "5\nabcde\n0\n\n");
        add("a chunk extension", 200, CHUNKED + "5;a=b\nabcde\n0\n\n");
        add("a chunk size with zeros", 200, CHUNKED + "0005\nabcde\n0\n\n");
        add("a trailer", 200, CHUNKED + "5\nabcde\n0\nX-Trailer: a\n\n");
        chunkSize("0x5");
        chunkSize("+5");
        chunkSize("-5");
        chunkSize(" 5");
        chunkSize("5 ");
        chunkSize("");
        chunkSize(";a=b");
        chunkSize("g");
        chunkSize("5,5");
        chunkSize("FFFFFFFFFFFFFFFF");
        chunkSize("100000005");
        chunkSize("5␍");
        add("a chunk longer than its size", 400, CHUNKED + "3\nabcde\n0\n\n");
        add("a chunk without its end", 400, CHUNKED + "5\nabcde0\n\n");
        add("a line feed alone after a chunk size", 400, CHUNKED + "5␊abcde\n0\n\n");
        add("a line feed alone in a chunk extension", 400, CHUNKED + "5;a␊abcde\n0\n\n");
        add("a carriage return alone in a chunk extension", 400, CHUNKED + "5;a␍b\nabcde\n0\n\n");
        add("a trailer without a colon", 400, CHUNKED + "5\nabcde\n0\nX-Trailer\n\n");
        add("a trailer with a space in its name", 400, CHUNKED + "5\nabcde\n0\nX Trailer: a\n\n");
    }

    private static void chunkSize(String size) {
        add("chunk size '" + size + "'", 400, CHUNKED + size + "\nabcde\n0\n\n");
    }

    private static void requestLines() {
        line("GET /raw/a http/1.1", 400);
        line("GET /raw/a HTTP/1.2", 400);
        line("GET /raw/a HTTP/2.0", 400);
        line("GET /raw/a HTTP/3.7", 400);
        line("GET /raw/a HTTP/0.9", 400);
        line("GET /raw/a HTTP/1.10", 400);
        line("GET /raw/a HTTP/11", 400);
        line("GET /raw/a HTTP/1.1.1", 400);
        line("GET /raw/a HTTP/", 400);
        line("GET /raw/a XTTP/1.1", 400);
        line("GET /raw/a", 400);
        line("GET", 400);
        line("GET /raw/a HTTP/1.1 HTTP/1.1", 400);
        line("GET /raw/a b HTTP/1.1", 400);
        line("GET /raw/a HTTP/1.1 ", 400);
        line(" GET /raw/a HTTP/1.1", 400);
        line("GET  /raw/a HTTP/1.1", 400);
        line("GET /raw/a\t HTTP/1.1", 400);
        line("GET␍ /raw/a HTTP/1.1", 400);
        line("GET: /raw/a HTTP/1.1", 400);
        line("G\"T /raw/a HTTP/1.1", 400);
        line("GET /raw/␀a HTTP/1.1", 400);
        line("GET /raw/\u007fa HTTP/1.1", 400);
        line("GET /raw/\u0001a HTTP/1.1", 400);
        add("an empty line before the request", 200, "\n" + GET + HOST + "\n");
        add("lines that end in a line feed alone", 400, "GET /raw/a HTTP/1.1␊Host: a.example␊␊");
        add("a line of 15 KB", 200, "GET /raw/a?a=" + "x".repeat(15_000) + " HTTP/1.1\n" + HOST + "\n");
        add("a line of 20 KB", 414, "GET /raw/a?a=" + "x".repeat(20_000) + " HTTP/1.1\n" + HOST + "\n");
    }

    private static void line(String line, int status) {
        add("'" + line + "'", status, line + "\n" + HOST + "\n");
    }

    private static void targets() {
        target("raw/a", 400);
        target("*", 400);
        target("a.example:80", 400);
        target("?a", 400);
        target("http:/raw/a", 400);
        target("http:///raw/a", 400);
        target("http://user@a.example/raw/a", 400);
        target("http://a.example:x/raw/a", 400);
        target("http://a b/raw/a", 400);
        target("ftp://a.example/raw/a", 400);
        target("http://a.example/raw/a", 200);
        target("HTTPS://b.example:8443/raw/a?b", 200);
        target("/raw/a#b", 400);
        target("/raw/a?b#c", 400);
        target("http://a.example/raw/a#b", 400);
        target("/raw/../raw/a", 400);
        target("/raw/./a", 400);
        target("/raw/%2e%2E/raw/a", 400);
        target("/raw/%2fa", 400);
        target("/raw/%5ca", 400);
        target("/raw\\a", 400);
        target("/raw//a", 400);
        target("/raw/%c0%ae%c0%ae/raw/a", 400);
        target("/raw/%C0%AF", 400);
        target("/raw/\u00c0\u00ae", 400);
        target("/raw/%25c0%25ae", 400);
        target("/raw/%c1%9c", 400);
        target("/raw/%e0%80%af", 400);
        target("/raw/%f0%80%80%ae", 400);
        target("/raw/%f8%80%80%80%ae", 400);
        target("/raw/%fc%80%80%80%80%ae", 400);
        target("/raw/%c3%a9%e0%a4%b9%f0%9f%98%80", 200);
        target("/raw/fa%fcade-%c0.%ff", 200);
        target("/raw/a;b", 400);
        target("/raw/%00", 400);
        target("/raw/%0d%0a", 400);
        target("/raw/%", 400);
        target("/raw/%4", 400);
        target("/raw/%zz", 400);
        target("/raw/a?100%", 200);
        target("/raw/a?a=%zz", 200);
        target("/raw/a?a=|{}^`\"<>\\[]", 200);
        target("/raw/a?a=\u00c3\u00a9", 200);
        target("/raw/a?a&&b", 200);
        target("/raw/a?=x", 200);
        target("/raw/a|b", 200);
        target("/raw/\u00c3\u00a9", 200);
        add("an absolute target without Host", 400, "GET http://a.example/raw/a HTTP/1.1\n\n");
        add("OPTIONS *", 400, "OPTIONS * HTTP/1.1\n" + HOST + "\n");
    }

    private static void target(String target, int status) {
        add("target " + target, status, "GET " + target + " HTTP/1.1\n" + HOST + "\n");
    }

    private static void hosts() {
        host("a.example", 200);
        host("a.example:8080", 200);
        host("a_b.example.", 200);
        host("127.0.0.1", 200);
        host("[::1]", 200);
        host("[::1]:8080", 200);
        host("", 400);
        host("[::1", 400);
        host("[a.example]", 400);
        host("[::1]x", 400);
        host("::1", 400);
        host("a b", 400);
        host("a/b", 400);
        host("a\\b", 400);
        host("a?b", 400);
        host("a#b", 400);
        host("user@a.example", 400);
        host("http://a.example", 400);
        host("a.example,b.example", 400);
        host("a.example:", 400);
        host("a.example:x", 400);
        host("a.example:99999", 400);
        host("a.example:-1", 400);
        host("a%2eexample", 400);
        host("\u00c3\u00a9.example", 400);
        host("a\tb", 400);
        add("no Host", 400, GET + "\n");
        add("two equal Hosts", 400, GET + HOST + HOST + "\n");
        add("two different Hosts", 400, GET + HOST + "Host: b.example\n\n");
        add("Host with a space before the colon", 400, GET + "Host : a.example\n\n");
        add("Host in two lines", 400, GET + "Host: a.example\n b.example\n\n");
        add("no Host in HTTP/1.0", 200, "GET /raw/a HTTP/1.0\n\n");
        add("two Hosts in HTTP/1.0", 400, "GET /raw/a HTTP/1.0\n" + HOST + "Host: b.example\n\n");
    }

    private static void host(String value, int status) {
        add("Host '" + value + "'", status, GET + "Host: " + value + "\n\n");
    }

    private static void headers() {
        header("X-A: b\tc", 200);
        header("X-A: \u00c3\u00a9", 200);
        header("X-A:b", 200);
        header("X-A", 400);
        header(": b", 400);
        header("X A: b", 400);
        header("X-A : b", 400);
        header("X-A\t: b", 400);
        header("X\u000bA: b", 400);
        header("X(A): b", 400);
        header("X\u00c3A: b", 400);
        header("X-␀: b", 400);
        header("X-A: ␀", 400);
        header("X-A: ␍b", 400);
        header("X-A: b␊X-B: c", 400);
        header("X-A: ␊␊GET /raw/b HTTP/1.1", 400);
        header("X-A: b\n c", 400);
        header("X-A: b\n\tc", 400);
        header("X-A:\n b\nX-B: c", 400);
        header("X-A: b\n ", 400);
        header("Connection: close, X-Hop\nX-Hop: 1", 200);
        header("Sec-WebSocket-Key1: a\nSec-WebSocket-Key2: b", 400);
        header("Sec-WebSocket-Key1: a", 200);
        add("white space before the first header", 400, GET + " X-A: b\n" + HOST + "\n");
        add("20 KB of headers", 431, GET + HOST + "X-A: " + "x".repeat(20_000) + "\n\n");
    }

    private static void header(String lines, int status) {
        add("header '" + lines + "'", status, GET + HOST + lines + "\n\n");
    }
}
