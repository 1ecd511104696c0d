package io.portcullis.core.account;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bounds the time and the memory of the comparison with a stored hash, by the parameters in the hash. A thread that hashes is not
 * interrupted, so one hash with absurd parameters would hold the thread, or the heap, for ever.
 */
final class HashCost {
    /** About a second of a processor; each step doubles it. */
    static final int MAX_BCRYPT_COST = 14;
    /** Twice what PHP, libsodium (interactive) and argon2-cffi use, and more than Django's 100 MiB. */
    static final int MAX_MEMORY_KIB = 128 * 1024;
    /** Memory times passes. PHP uses 256 MiB. */
    static final int MAX_WORK_KIB = 512 * 1024;

    private static final int BLOCK_BYTES = 128;
    private static final int MAX_SCRYPT_LOG_N = 20;
    private static final int MAX_LANES = 64;

    private static final Pattern ID = Pattern.compile("^\\{[^}]*}");
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]?\\$(\\d\\d)\\$.*");
    private static final Pattern ARGON2 =
            Pattern.compile("\\$argon2(?:id|i|d)\\$(?:v=\\d{1,3}\\$)?m=(\\d{1,9}),t=(\\d{1,9}),p=(\\d{1,9})\\$.*");
    private static final Pattern SPRING_SCRYPT = Pattern.compile("\\$([0-9a-f]{1,7})\\$[^$]*\\$[^$]*");
    private static final Pattern PHC_SCRYPT =
            Pattern.compile("\\$scrypt\\$ln=(\\d{1,2}),r=(\\d{1,3}),p=(\\d{1,3})\\$([^$]+)\\$([^$]+)");

    private HashCost() {}

    /**
     * Returns the memory that a comparison needs, in KiB; 0 if it needs little.
     *
     * @throws UnusableAccountException if the comparison takes too much, or the parameters cannot be read
     */
    static int memoryKib(String hash) {
        String bare = withoutId(hash);
        if (bare.startsWith("$2")) {
            require(bcryptCost(bare) <= MAX_BCRYPT_COST, "bcrypt of a cost above " + MAX_BCRYPT_COST);
            return 0;
        }
        if (bare.startsWith("$argon2")) {
            return argon2(bare);
        }
        if (bare.startsWith("$scrypt$")) {
            return phcScrypt(match(PHC_SCRYPT, bare, "scrypt"));
        }
        if (hash.startsWith("{scrypt")) {
            return springScrypt(match(SPRING_SCRYPT, bare, "scrypt"));
        }
        return 0;
    }

    private static int argon2(String bare) {
        Matcher argon2 = match(ARGON2, bare, "argon2");
        require(Integer.parseInt(argon2.group(3)) <= MAX_LANES, "argon2 of more than " + MAX_LANES + " lanes");
        return bounded("argon2", Integer.parseInt(argon2.group(1)), Integer.parseInt(argon2.group(2)));
    }

    private static int phcScrypt(Matcher scrypt) {
        return scrypt(
                Integer.parseInt(scrypt.group(1)),
                Integer.parseInt(scrypt.group(2)),
                Integer.parseInt(scrypt.group(3)));
    }

    /** The format has the binary logarithm of N in the upper bits, then r and p in a byte each. */
    private static int springScrypt(Matcher scrypt) {
        int parameters = Integer.parseInt(scrypt.group(1), 16);
        return scrypt(parameters >> 16, parameters >> 8 & 0xff, parameters & 0xff);
    }

    private static int scrypt(int logN, int r, int p) {
        require(logN <= MAX_SCRYPT_LOG_N, "scrypt with N above 2^" + MAX_SCRYPT_LOG_N);
        return bounded("scrypt", (long) BLOCK_BYTES * r * (1 << logN) / 1024, p);
    }

    private static int bounded(String kind, long memoryKib, long passes) {
        require(
                memoryKib <= MAX_MEMORY_KIB && memoryKib * passes <= MAX_WORK_KIB,
                kind + " of more than " + MAX_MEMORY_KIB + " KiB, or " + MAX_WORK_KIB + " KiB times passes");
        return (int) memoryKib;
    }

    /** Returns the cost of a bcrypt hash without a prefix. */
    static int bcryptCost(String bare) {
        return Integer.parseInt(match(BCRYPT, bare, "bcrypt").group(1));
    }

    /** Returns the hash without the id of the delegating format, such as {@code {bcrypt}}. */
    static String withoutId(String hash) {
        return ID.matcher(hash).replaceFirst("");
    }

    /** Converts {@code $scrypt$ln=14,r=8,p=1$salt$key} to the format of Spring Security, {@code $e0801$salt$key}. */
    static String inSpringsScryptFormat(String hash) {
        Matcher scrypt = match(PHC_SCRYPT, hash, "scrypt");
        int parameters = Integer.parseInt(scrypt.group(1)) << 16
                | Integer.parseInt(scrypt.group(2)) << 8
                | Integer.parseInt(scrypt.group(3));
        return "$" + Integer.toHexString(parameters) + "$" + padded(scrypt.group(4)) + "$" + padded(scrypt.group(5));
    }

    private static String padded(String unpadded) {
        return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(unpadded));
    }

    private static Matcher match(Pattern format, String hash, String kind) {
        Matcher matcher = format.matcher(hash);
        require(matcher.matches(), kind + " in an unknown form");
        return matcher;
    }

    private static void require(boolean acceptable, String fault) {
        if (!acceptable) {
            throw new UnusableAccountException("the password hash is " + fault);
        }
    }
}
