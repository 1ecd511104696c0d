package io.portcullis.core.account;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.scrypt.SCryptPasswordEncoder;

/**
 * Writes bcrypt in Spring Security's delegating format, and compares passwords with the hashes that user tables have:
 *
 * <pre>
 * {bcrypt}... {argon2}... {scrypt}... {pbkdf2}... and every other prefix of Spring Security
 * $2a$ $2b$ $2y$                          bcrypt, such as of PHP
 * $argon2id$ $argon2i$ $argon2d$          argon2, such as of PHP and libsodium
 * $scrypt$ln=..,r=..,p=..$                scrypt, of passlib
 * pbkdf2_sha256$ $pbkdf2-sha256$          PBKDF2, of Django and of passlib ({@link Pbkdf2Hash})
 * argon2$argon2id$... bcrypt$$2b$...      Django's names before the two others
 * </pre>
 *
 * <p>{@link HashCost} refuses hashes whose comparison would take too much. All comparisons together use a quarter of the heap at most; a
 * comparison that needs more than is left of it waits on its thread until other comparisons have ended.
 */
final class StoredHashEncoder implements PasswordEncoder {
    private static final String BCRYPT_ID = "{bcrypt}";
    private static final String MODERN_PBKDF2 = "{pbkdf2@SpringSecurity_v5_8}";
    private static final String DJANGO_ARGON2 = "argon2$argon2";
    private static final String DJANGO_BCRYPT = "bcrypt$$2";
    private static final int HEAP_SHARE = 4;
    private static final int BYTES_PER_KIB = 1024;

    private final int bcryptCost;
    private final PasswordEncoder bcrypt;
    private final PasswordEncoder prefixed = PasswordEncoderFactories.createDelegatingPasswordEncoder();
    private final PasswordEncoder argon2 = Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8();
    private final PasswordEncoder scrypt = SCryptPasswordEncoder.defaultsForSpringSecurity_v5_8();
    private final int memoryKib;
    private final Semaphore freeMemory;

    StoredHashEncoder(int bcryptCost) {
        this(bcryptCost, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    StoredHashEncoder(int bcryptCost, long memoryBytes) {
        this.bcryptCost = bcryptCost;
        this.bcrypt = new BCryptPasswordEncoder(bcryptCost);
        this.memoryKib = (int) Math.min(Integer.MAX_VALUE, memoryBytes / BYTES_PER_KIB);
        this.freeMemory = new Semaphore(memoryKib, true);
    }

    @Override
    public String encode(@Nullable CharSequence password) {
        return BCRYPT_ID + bcrypt.encode(password);
    }

    /**
     * Compares the password with the hash.
     *
     * @throws UnusableAccountException if the comparison would take too much time or memory
     * @throws IllegalArgumentException if the hash has none of the formats
     */
    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String stored) {
        if (password == null || stored == null || stored.isEmpty()) {
            return false;
        }
        String hash = withoutDjangosName(stored);
        int needed = HashCost.memoryKib(hash);
        if (needed > memoryKib) {
            throw new UnusableAccountException("the password hash needs " + needed
                    + " KiB of memory (expected: at most " + memoryKib + ", a quarter of the heap)");
        }
        freeMemory.acquireUninterruptibly(needed);
        try {
            return compare(password, hash);
        } finally {
            freeMemory.release(needed);
        }
    }

    private boolean compare(CharSequence password, String hash) {
        if (hash.startsWith("{")) {
            return prefixed.matches(password, hash);
        }
        if (hash.startsWith("$2")) {
            return bcrypt.matches(password, hash);
        }
        if (hash.startsWith("$argon2")) {
            return argon2.matches(password, hash);
        }
        if (hash.startsWith("$scrypt$")) {
            return scrypt.matches(password, HashCost.inSpringsScryptFormat(hash));
        }
        return Pbkdf2Hash.parse(hash).matches(password);
    }

    /** Returns whether a new hash would be of a newer kind, or of the same kind and stronger. */
    @Override
    public boolean upgradeEncoding(@Nullable String stored) {
        if (stored == null || stored.isEmpty()) {
            return false;
        }
        String hash = withoutDjangosName(stored);
        String bare = HashCost.withoutId(hash);
        if (bare.startsWith("$2")) {
            return HashCost.bcryptCost(bare) < bcryptCost;
        }
        if (bare.startsWith("$argon2") || bare.startsWith("$scrypt$") || hash.startsWith("{scrypt")) {
            return false;
        }
        return Pbkdf2Hash.isFormat(hash) ? Pbkdf2Hash.parse(hash).isWeak() : !hash.startsWith(MODERN_PBKDF2);
    }

    private static String withoutDjangosName(String hash) {
        return hash.startsWith(DJANGO_ARGON2) || hash.startsWith(DJANGO_BCRYPT)
                ? hash.substring(hash.indexOf('$') + (hash.startsWith(DJANGO_BCRYPT) ? 1 : 0))
                : hash;
    }
}
