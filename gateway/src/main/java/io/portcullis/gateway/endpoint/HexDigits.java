package io.portcullis.gateway.endpoint;

/** Hexadecimal digits of ASCII, in either case. */
final class HexDigits {
    private HexDigits() {}

    /** Returns the value of the digit, or -1 if the character is no hexadecimal digit. */
    static int valueOf(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
