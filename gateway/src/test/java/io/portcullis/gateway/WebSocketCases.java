package io.portcullis.gateway;

import static io.portcullis.gateway.WebSocketFrames.BINARY;
import static io.portcullis.gateway.WebSocketFrames.CLOSE;
import static io.portcullis.gateway.WebSocketFrames.CONTINUATION;
import static io.portcullis.gateway.WebSocketFrames.PING;
import static io.portcullis.gateway.WebSocketFrames.PONG;
import static io.portcullis.gateway.WebSocketFrames.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.Deflater;

/**
 * Sequences of frames in the groups of the Autobahn test suite for RFC 6455, whose numbers begin their names: 1 framing, 2 pings and pongs,
 * 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing, 9 sizes, 10 fragmentation by the library, 12 compression. Half of them
 * break the protocol: a relay passes those on as well, and it is the peer that fails the connection.
 */
final class WebSocketCases {
    private static final int FINAL = 0x80;
    private static final int COMPRESSED = 0x40;
    private static final byte[] HELLO = "Hello".getBytes(UTF_8);
    private static final byte[] NOTHING = {};
    /** Valid text with characters of one to four bytes. */
    private static final byte[] GREEK =
            "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-\ud83d\ude00-UTF-8!!".getBytes(UTF_8);
    /** Code points at the limits of each length, surrogates, overlong forms, cut and impossible sequences. */
    private static final List<String> SEQUENCES = List.of(
            "cebae1bdb9cf83cebcceb5",
            "00",
            "c280",
            "e0a080",
            "f0908080",
            "7f",
            "dfbf",
            "efbfbf",
            "f48fbfbf",
            "ed9fbf",
            "ee8080",
            "efbfbd",
            "f4908080",
            "f8888080",
            "fc8480808080",
            "f7bfbfbf",
            "fbbfbfbfbf",
            "fdbfbfbfbfbf",
            "80",
            "bf",
            "80bf80bf80bf",
            "c0",
            "c020df20",
            "e020ef20",
            "f020f720",
            "f820",
            "fc20",
            "e080",
            "f08080",
            "f8808080",
            "fe",
            "ff",
            "fefeffff",
            "c0af",
            "e080af",
            "f08080af",
            "f8808080af",
            "fc80808080af",
            "c1bf",
            "e09fbf",
            "f08fbfbf",
            "c080",
            "e08080",
            "eda080",
            "edadbf",
            "edaebf",
            "edafbf",
            "edb080",
            "edbe80",
            "edbfbf",
            "eda080edb080",
            "edafbfedbfbf",
            "efbfbe",
            "f09fbfbe",
            "cebae1bdb9cf83cebcceb5f4908080656469746564");

    private static final int[] STATUSES = {
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 3999, 4000, 4999, 0, 1, 999,
        1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535
    };

    /**
     * One sequence.
     *
     * @param frames writes the frames; called once for each direction
     */
    record Case(String name, Consumer<WebSocketFrames> frames) {}

    private final List<Case> cases = new ArrayList<>();
    private final Random random;

    private WebSocketCases(Random random) {
        this.random = random;
    }

    /** Returns the cases with messages of at most 256 KB. */
    static List<Case> small(Random random) {
        var suite = new WebSocketCases(random);
        suite.framing();
        suite.pings();
        suite.reservedBits();
        suite.opcodes();
        suite.fragmentation();
        suite.utf8();
        suite.closing();
        suite.statuses();
        suite.compression();
        return suite.cases;
    }

    /** Returns the cases with messages of up to 16 MB, and with many messages. */
    static List<Case> large(Random random) {
        var suite = new WebSocketCases(random);
        for (int size : new int[] {1 << 20, 1 << 22, 1 << 24}) {
            suite.add("9.1 text of " + size, frames -> frames.add(TEXT, suite.bytes(size)));
            suite.add("9.2 binary of " + size, frames -> frames.add(BINARY, suite.bytes(size)));
        }
        for (int size = 64; size <= 1 << 20; size *= 16) {
            int fragment = size;
            suite.add(
                    "9.4 fragments of " + size, frames -> frames.addFragments(BINARY, suite.bytes(1 << 20), fragment));
        }
        for (int size : new int[] {0, 16, 256, 4096}) {
            suite.add("9.8 messages of " + size, frames -> {
                for (int i = 0; i < 1000; i++) {
                    frames.add(BINARY, suite.bytes(size));
                }
            });
        }
        return suite.cases;
    }

    private void add(String name, Consumer<WebSocketFrames> frames) {
        cases.add(new Case(name, frames));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private void framing() {
        for (int length : new int[] {0, 1, 125, 126, 127, 128, 65_535, 65_536, 262_144}) {
            add(
                    "1.1 text of " + length,
                    frames -> frames.add(TEXT, "*".repeat(length).getBytes(UTF_8)));
            add("1.2 binary of " + length, frames -> frames.add(BINARY, bytes(length)));
        }
        add("10.1 text in fragments of 1300", frames -> frames.addFragments(TEXT, new byte[65_536], 1300));
    }

    private void pings() {
        for (int length : new int[] {0, 5, 125, 126, 70_000}) {
            add("2 ping of " + length, frames -> frames.add(PING, bytes(length)));
            add("2 pong of " + length, frames -> frames.add(PONG, bytes(length)));
        }
        add("2.9 pong before a ping", frames -> frames.add(PONG, HELLO).add(PING, HELLO));
        add("2.10 ten pings", frames -> {
            for (int i = 0; i < 10; i++) {
                frames.add(PING, ("payload-" + i).getBytes(UTF_8));
            }
        });
    }

    private void reservedBits() {
        for (int bits = 1; bits < 8; bits++) {
            for (int opcode : new int[] {TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG}) {
                int first = FINAL | bits << 4 | opcode;
                add(
                        "3 bits " + bits + " with opcode " + opcode,
                        frames -> frames.add(TEXT, HELLO).frame(first, HELLO).add(PING, NOTHING));
            }
        }
    }

    private void opcodes() {
        for (int opcode = 0; opcode < 16; opcode++) {
            int each = opcode;
            add("4 opcode " + opcode, frames -> frames.add(each, NOTHING));
            add(
                    "4 opcode " + opcode + " between messages",
                    frames -> frames.add(TEXT, HELLO).add(each, HELLO).add(PING, NOTHING));
            add(
                    "4 opcode " + opcode + " not final",
                    frames -> frames.addPart(each, HELLO).add(TEXT, HELLO));
        }
    }

    private void fragmentation() {
        for (int control : new int[] {PING, PONG}) {
            add(
                    "5.1 " + control + " in two fragments",
                    frames -> frames.addPart(control, HELLO).add(CONTINUATION, HELLO));
            add(
                    "5.6 " + control + " between fragments",
                    frames -> frames.addPart(TEXT, HELLO).add(control, HELLO).add(CONTINUATION, HELLO));
            add("5.19 " + control + " between many fragments", frames -> {
                frames.addPart(TEXT, HELLO);
                for (int i = 0; i < 5; i++) {
                    frames.addPart(CONTINUATION, HELLO).add(control, HELLO);
                }
                frames.add(CONTINUATION, HELLO);
            });
        }
        add("5.3 text in two fragments", frames -> frames.addPart(TEXT, HELLO).add(CONTINUATION, HELLO));
        add(
                "5.9 continuation of nothing",
                frames -> frames.add(CONTINUATION, HELLO).add(TEXT, HELLO));
        add(
                "5.10 part of nothing",
                frames -> frames.addPart(CONTINUATION, HELLO).add(TEXT, HELLO));
        add(
                "5.15 continuation behind the end",
                frames -> frames.addFragments(TEXT, HELLO, 2)
                        .addPart(CONTINUATION, HELLO)
                        .addFragments(TEXT, HELLO, 2));
        add("5.18 text in text", frames -> frames.addPart(TEXT, HELLO).add(TEXT, HELLO));
        add(
                "5.20 a message that does not end",
                frames -> frames.addPart(TEXT, HELLO).add(PING, HELLO));
    }

    private void utf8() {
        add(
                "6.1 empty fragments",
                frames -> frames.addPart(TEXT, NOTHING)
                        .addPart(CONTINUATION, NOTHING)
                        .add(CONTINUATION, NOTHING));
        add(
                "6.1 text between empty fragments",
                frames -> frames.addPart(TEXT, NOTHING)
                        .addPart(CONTINUATION, HELLO)
                        .add(CONTINUATION, NOTHING));
        for (String sequence : SEQUENCES) {
            byte[] text = HexFormat.of().parseHex(sequence);
            add("6 " + sequence, frames -> frames.add(TEXT, text));
            add("6 " + sequence + " octet by octet", frames -> frames.addFragments(TEXT, text, 1));
        }
        for (int size = 1; size < 5; size++) {
            int each = size;
            add("6.2 text in fragments of " + size, frames -> frames.addFragments(TEXT, GREEK, each));
        }
    }

    private void closing() {
        add("7.1 message and close", frames -> frames.add(TEXT, HELLO).add(CLOSE, NOTHING));
        add("7.1 two closes", frames -> frames.add(CLOSE, NOTHING).add(CLOSE, NOTHING));
        add("7.1 ping behind a close", frames -> frames.add(CLOSE, NOTHING).add(PING, NOTHING));
        add("7.1 text behind a close", frames -> frames.add(CLOSE, NOTHING).add(TEXT, HELLO));
        add(
                "7.1 close between fragments",
                frames -> frames.addPart(TEXT, HELLO).add(CLOSE, NOTHING).add(CONTINUATION, HELLO));
        add(
                "7.1 256 KB and close",
                frames -> frames.add(TEXT, new byte[262_144]).addClose(1000, NOTHING));
        add("7.3 close with one byte", frames -> frames.add(CLOSE, new byte[] {3}));
        for (int length : new int[] {1, 123, 124, 125, 70_000}) {
            add("7.3 close with a reason of " + length, frames -> frames.addClose(1000, new byte[length]));
        }
        for (String sequence : SEQUENCES) {
            add(
                    "7.5 reason " + sequence,
                    frames -> frames.addClose(1000, HexFormat.of().parseHex(sequence)));
        }
    }

    private void statuses() {
        for (int status : STATUSES) {
            add("7.7 status " + status, frames -> frames.addClose(status, NOTHING));
            add("7.9 status " + status + " with a reason", frames -> frames.addClose(status, GREEK));
        }
    }

    /** With one dictionary for all messages, so that one lost byte spoils the rest. */
    private void compression() {
        for (int length : new int[] {0, 16, 64, 256, 1024, 4096, 8192, 131_072}) {
            add(
                    "12 compressed messages of " + length,
                    frames -> deflate(length, message -> frames.frame(FINAL | COMPRESSED | TEXT, message)));
            add(
                    "12 compressed fragments of " + length,
                    frames -> deflate(length, message -> frames.addFragments(COMPRESSED | BINARY, message, 100)));
        }
    }

    private void deflate(int length, Consumer<byte[]> message) {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        byte[] buffer = new byte[2 * length + 100];
        for (int i = 0; i < 5; i++) {
            deflater.setInput(text(length));
            var deflated = new ByteArrayOutputStream();
            for (int n; (n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0; ) {
                deflated.write(buffer, 0, n);
            }
            message.accept(deflated.toByteArray());
        }
        deflater.end();
    }

    private byte[] text(int length) {
        byte[] text = bytes(length);
        for (int i = 0; i < length; i++) {
            text[i] &= 0x0f;
        }
        return text;
    }
}
