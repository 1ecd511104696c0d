package io.portcullis.gateway.forwarded;

/**
 * Header names as a service may read them. CGI, FastCGI and WSGI turn each character that is no letter or digit into {@code _}, so
 * that {@code X_User_Id} and {@code X.User.Id} are {@code X-User-Id} to a service.
 */
public final class CanonicalHeaderName {
    private CanonicalHeaderName() {}

    /** Returns the name in lower case, with a hyphen for each character that is no letter or digit. */
    public static String canonical(CharSequence name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            folded.append(canonical(name.charAt(i)));
        }
        return folded.toString();
    }

    static char canonical(char c) {
        if (c >= 'A' && c <= 'Z') {
            return (char) (c | 0x20);
        }
        return isLowerCaseOrDigit(c) ? c : '-';
    }

    /** Returns whether a name consists of letters, digits and hyphens only, as proxies write it. */
    static boolean isPlain(CharSequence name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '-' && canonical(c) == '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLowerCaseOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
