package io.portcullis.core.account;

import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The common passwords of the library zxcvbn, in lower case: the most frequent 30,000 of published breaches, of which 11,611 have the
 * 8 characters that a password must have. Read from the library's file on first use.
 */
final class CommonPasswords {
    private CommonPasswords() {}

    private static final class Loaded {
        static final Set<String> PASSWORDS = load();

        private static Set<String> load() {
            try {
                return StandardDictionaries.PASSWORDS_LOADER.load().getFrequencies().stream()
                        .filter(password -> password.length() >= PasswordPolicy.LEAST_LENGTH)
                        .collect(Collectors.toUnmodifiableSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Tells whether the list has this password, which must be in lower case. */
    static boolean contains(String password) {
        return Loaded.PASSWORDS.contains(password);
    }

    /** Reads the list, so that no event loop reads the file later. */
    static void load() {
        if (Loaded.PASSWORDS.isEmpty()) {
            throw new IllegalStateException("common passwords: none (expected: the list of zxcvbn)");
        }
    }
}
