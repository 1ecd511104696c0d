package io.portcullis.core.account;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A PBKDF2 hash (RFC 8018) of Django or of passlib:
 *
 * <pre>
 * pbkdf2_sha256$iterations$salt$key       Django: the salt is text, the key is Base64
 * $pbkdf2-sha256$iterations$salt$key      passlib: both are Base64 without padding, with . for +
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and never leaves the package.
record Pbkdf2Hash(String digest, int iterations, byte[] salt, byte[] key) {
    /** About a second of a processor. Django 6 uses 1,200,000. */
    static final int MAX_ITERATIONS = 3_000_000;
    /** OWASP's least numbers of iterations. */
    private static final int LEAST_OF_SHA256 = 600_000;

    private static final int LEAST_OF_SHA512 = 210_000;

    private static final Pattern DJANGO =
            Pattern.compile("pbkdf2_(sha1|sha256|sha512)\\$(\\d{1,9})\\$([^$]+)\\$([A-Za-z0-9+/=]+)");
    private static final Pattern PASSLIB =
            Pattern.compile("\\$pbkdf2-(sha256|sha512)\\$(\\d{1,9})\\$([A-Za-z0-9./]+)\\$([A-Za-z0-9./]+)");

    static boolean isFormat(String hash) {
        return DJANGO.matcher(hash).matches() || PASSLIB.matcher(hash).matches();
    }

    /**
     * Reads the hash.
     *
     * @throws UnusableAccountException if it has more iterations than {@link #MAX_ITERATIONS}
     * @throws IllegalArgumentException if it is in neither format
     */
    static Pbkdf2Hash parse(String hash) {
        Matcher django = DJANGO.matcher(hash);
        if (django.matches()) {
            return of(
                    django, django.group(3).getBytes(UTF_8), Base64.getDecoder().decode(django.group(4)));
        }
        Matcher passlib = PASSLIB.matcher(hash);
        if (passlib.matches()) {
            return of(passlib, decode(passlib.group(3)), decode(passlib.group(4)));
        }
        throw new IllegalArgumentException("password hash: in an unknown format");
    }

    private static Pbkdf2Hash of(Matcher parts, byte[] salt, byte[] key) {
        int iterations = Integer.parseInt(parts.group(2));
        if (iterations > MAX_ITERATIONS) {
            throw new UnusableAccountException("the password hash is PBKDF2 of " + iterations
                    + " iterations (expected: at most " + MAX_ITERATIONS + ")");
        }
        return new Pbkdf2Hash(parts.group(1).toUpperCase(Locale.ROOT), iterations, salt, key);
    }

    private static byte[] decode(String text) {
        return Base64.getDecoder().decode(text.replace('.', '+'));
    }

    /** Computes the key of the password and compares it. */
    boolean matches(CharSequence password) {
        var spec = new PBEKeySpec(password.toString().toCharArray(), salt, iterations, key.length * Byte.SIZE);
        try {
            byte[] computed = SecretKeyFactory.getInstance("PBKDF2WithHmac" + digest)
                    .generateSecret(spec)
                    .getEncoded();
            return MessageDigest.isEqual(computed, key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            spec.clearPassword();
        }
    }

    /** Tells whether the hash has fewer iterations than OWASP's password storage cheat sheet asks for. */
    boolean isWeak() {
        return switch (digest) {
            case "SHA256" -> iterations < LEAST_OF_SHA256;
            case "SHA512" -> iterations < LEAST_OF_SHA512;
            default -> true;
        };
    }
}
