package io.portcullis.core.account;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Hashes and checks passwords on a small scheduler of its own with a short queue: a flood of logins is refused with
 * {@code TOO_MANY_REQUESTS} and starves nothing else of threads.
 */
public final class PasswordHasher {
    private static final Logger log = LoggerFactory.getLogger(PasswordHasher.class);

    /** BCrypt ignores what comes after. */
    private static final int MAX_BCRYPT_BYTES = 72;

    private static final int THREADS = 2;
    private static final int QUEUED_PER_THREAD = 64;
    private static final int IDLE_SECONDS = 60;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final String WRONG_PASSWORD = "nobody has this password";
    /** Drawn at random instead of made from a password, so none is known that fits. Of the cost of new hashes. */
    private static final String NOBODYS_HASH = "{bcrypt}$2a$10$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne";

    private final PasswordEncoder encoder;
    private final Scheduler scheduler;

    /**
     * @param encoder in the delegating format; new hashes are bcrypt
     * @param bounded refuses tasks when its queue is full; closed by {@link #close()}
     */
    public PasswordHasher(PasswordEncoder encoder, Scheduler bounded) {
        this.encoder = encoder;
        this.scheduler = bounded;
    }

    /** With bcrypt of cost 10, every format of Spring Security's delegating encoder, and bare bcrypt of older user tables. */
    public static PasswordHasher create() {
        DelegatingPasswordEncoder encoder =
                (DelegatingPasswordEncoder) PasswordEncoderFactories.createDelegatingPasswordEncoder();
        encoder.setDefaultPasswordEncoderForMatches(new BCryptPasswordEncoder());
        return new PasswordHasher(
                encoder, Schedulers.newBoundedElastic(THREADS, QUEUED_PER_THREAD, "password", IDLE_SECONDS, true));
    }

    /** The hash of a new password; {@code BAD_REQUEST} when it is longer than 72 bytes, {@code TOO_MANY_REQUESTS} when busy. */
    public Mono<String> hash(String password) {
        if (tooLongForBcrypt(password)) {
            return Mono.error(() -> PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "password: longer than " + MAX_BCRYPT_BYTES + " bytes (expected: at most " + MAX_BCRYPT_BYTES
                            + " bytes in UTF-8)"));
        }
        return offLoop(() -> encode(password));
    }

    /**
     * Whether the password is the one behind the hash; {@code TOO_MANY_REQUESTS} when busy.
     *
     * @param hash null for an unknown user, which takes as long and {@code DIFFERS}; so does a hash of no known format,
     *     which takes no time
     */
    public Mono<PasswordCheck> check(String password, @Nullable String hash) {
        return offLoop(() -> compare(password, hash));
    }

    /** Ends the scheduler. */
    public void close() {
        scheduler.dispose();
    }

    private PasswordCheck compare(String password, @Nullable String hash) {
        if (hash == null || (tooLongForBcrypt(password) && bcrypt(hash))) {
            // A long password is no different from a wrong one, neither in the answer nor in the time that it takes.
            return matches(WRONG_PASSWORD, NOBODYS_HASH);
        }
        return matches(password, hash);
    }

    private PasswordCheck matches(String password, String hash) {
        try {
            return encoder.matches(password, hash) ? PasswordCheck.MATCHES : PasswordCheck.DIFFERS;
        } catch (RuntimeException | LinkageError e) {
            // Of an unknown format, malformed, or of one that needs a library which is not here (argon2, scrypt).
            log.warn(
                    "A password hash cannot be checked, so its account cannot log in: {}",
                    e.getClass().getName());
            return PasswordCheck.DIFFERS;
        }
    }

    private String encode(String password) {
        String hash = encoder.encode(password);
        if (hash == null) {
            throw new IllegalStateException("the password encoder made no hash");
        }
        return hash;
    }

    private static boolean tooLongForBcrypt(String password) {
        return password.length() > MAX_BCRYPT_BYTES
                || password.getBytes(StandardCharsets.UTF_8).length > MAX_BCRYPT_BYTES;
    }

    private static boolean bcrypt(String hash) {
        return hash.startsWith("{bcrypt}") || hash.startsWith("$2");
    }

    private <T> Mono<T> offLoop(Callable<T> work) {
        return Mono.fromCallable(work)
                .subscribeOn(scheduler)
                .onErrorMap(
                        RejectedExecutionException.class,
                        e -> PortcullisException.retryLater(ErrorCode.TOO_MANY_REQUESTS, RETRY_AFTER))
                // What follows a check is not hashing, and must not occupy these few threads.
                .publishOn(Schedulers.parallel());
    }
}
