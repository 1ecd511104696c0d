package io.portcullis.gateway.endpoint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * The charset that {@code Content-Type} names. The header is read by itself, because it need not be well formed, and names are not
 * looked up in the JDK, which searches its service providers for each unknown name.
 */
final class BodyCharset {
    private static final Pattern PARAMETER =
            Pattern.compile(";\\s*charset\\s*=\\s*[\"']?([^\"';,\\s]*)", Pattern.CASE_INSENSITIVE);
    /** UTF-16 and UTF-32, and charsets in which the characters of ASCII are what they are in ASCII. */
    private static final Pattern SCANNED = Pattern.compile(
            "|(?:utf|x-utf)-?(?:8|16|32)(?:[lb]e)?(?:-bom)?|us-ascii|ascii|iso-?8859-\\d+|latin-?\\d|(?:windows-|cp)125\\d"
                    + "|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc-(?:jp|kr|cn|tw)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern UNICODE =
            Pattern.compile("|utf-?(?:8|16|32)(?:[lb]e)?|us-ascii|ascii", Pattern.CASE_INSENSITIVE);
    private static final Pattern UTF_8 = Pattern.compile("|utf-?8|us-ascii|ascii", Pattern.CASE_INSENSITIVE);

    private BodyCharset() {}

    /** Returns whether a {@link TokenScanner} finds the tokens of a body in this charset. */
    static boolean isScanned(HttpHeaders headers) {
        return all(headers, SCANNED);
    }

    /** Returns whether the body is in one of the charsets that JSON had (RFC 7159 section 8.1), or names none. */
    static boolean isUnicode(HttpHeaders headers) {
        return all(headers, UNICODE);
    }

    /** Returns whether the body is UTF-8 or ASCII, or names no charset. */
    static boolean isUtf8(HttpHeaders headers) {
        return all(headers, UTF_8);
    }

    private static boolean all(HttpHeaders headers, Pattern expected) {
        return headers.getOrEmpty(HttpHeaders.CONTENT_TYPE).stream().allMatch(value -> isNamed(value, expected));
    }

    private static boolean isNamed(String value, Pattern expected) {
        Matcher parameter = PARAMETER.matcher(value);
        while (parameter.find()) {
            if (!expected.matcher(parameter.group(1)).matches()) {
                return false;
            }
        }
        return true;
    }
}
