package io.portcullis.core.account;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Hashes and checks passwords on a few threads of its own, in turn for each address that asks. What exceeds the bounded queue is
 * refused with {@code TOO_MANY_REQUESTS}: a flood of logins starves nothing else of threads, and a flood from one address does not
 * refuse the logins of other addresses.
 */
public final class PasswordHasher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PasswordHasher.class);

    /** BCrypt ignores what comes after. */
    private static final int MAX_BCRYPT_BYTES = 72;

    private static final int MIN_THREADS = 2;
    private static final int QUEUED_PER_THREAD = 64;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final String WRONG_PASSWORD = "nobody has this password";
    /** Drawn at random instead of made from a password, so none is known that fits. Of the cost of new hashes. */
    private static final String DUMMY_HASH = "{bcrypt}$2a$10$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne";
    /** The origin of passwords that administrators set. */
    private static final String ADMINISTRATION = "administration";

    private final PasswordEncoder encoder;
    private final FairWorkers workers;

    /**
     * @param encoder in the delegating format; new hashes are bcrypt
     * @param threads hashes that are computed at a time
     * @param maxWaiting hashes that may wait for a thread
     */
    public PasswordHasher(PasswordEncoder encoder, int threads, int maxWaiting) {
        this.encoder = encoder;
        this.workers = new FairWorkers("password", threads, maxWaiting);
    }

    /**
     * With bcrypt of cost 10, every format of Spring Security's delegating encoder, and bare bcrypt of older user tables. Half of the
     * processors hash at most, and two where there are fewer than four. The remaining processors serve requests.
     */
    public static PasswordHasher create() {
        int threads = Math.max(MIN_THREADS, Runtime.getRuntime().availableProcessors() / 2);
        return new PasswordHasher(defaultEncoder(), threads, threads * QUEUED_PER_THREAD);
    }

    private static PasswordEncoder defaultEncoder() {
        DelegatingPasswordEncoder encoder =
                (DelegatingPasswordEncoder) PasswordEncoderFactories.createDelegatingPasswordEncoder();
        encoder.setDefaultPasswordEncoderForMatches(new BCryptPasswordEncoder());
        return encoder;
    }

    /** The hash of a password that an administrator sets. Errors as {@link #hash(String, String)}. */
    public Mono<String> hash(String password) {
        return hash(ADMINISTRATION, password);
    }

    /**
     * The hash of a new password; {@code BAD_REQUEST} when it is longer than 72 bytes, {@code TOO_MANY_REQUESTS} when busy.
     *
     * @param origin the caller's IPv4 address or IPv6 site; the origins take turns
     */
    public Mono<String> hash(String origin, String password) {
        if (tooLongForBcrypt(password)) {
            return Mono.error(() -> PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "password: longer than " + MAX_BCRYPT_BYTES + " bytes (expected: at most " + MAX_BCRYPT_BYTES
                            + " bytes in UTF-8)"));
        }
        return offLoop(origin, () -> encode(password));
    }

    /**
     * Whether the password is the one behind the hash; {@code TOO_MANY_REQUESTS} when busy. Of a password longer than bcrypt reads
     * the first 72 bytes count, as with the libraries that made such hashes.
     *
     * @param origin the caller's IPv4 address or IPv6 site; the origins take turns
     * @param hash null or empty for an unknown user or a user without a password: it takes as long and {@code DIFFERS}. So does a hash
     *     of no known format
     */
    public Mono<PasswordCheck> check(String origin, String password, @Nullable String hash) {
        return offLoop(origin, () -> compare(password, hash));
    }

    /** Ends the threads. */
    @Override
    public void close() {
        workers.close();
    }

    private PasswordCheck compare(String password, @Nullable String hash) {
        return hash == null || hash.isEmpty() ? differs() : matches(password, hash);
    }

    private PasswordCheck matches(String password, String hash) {
        try {
            return encoder.matches(password, hash) ? PasswordCheck.MATCHES : PasswordCheck.DIFFERS;
        } catch (RuntimeException | LinkageError e) {
            // Of an unknown format, malformed, or of one that needs a library which is not here (argon2, scrypt).
            log.warn(
                    "A password hash cannot be checked, so its account cannot log in (expected: {bcrypt}..., or another"
                            + " prefix of Spring Security): {}",
                    e.getClass().getName());
            return differs();
        }
    }

    /** Takes the time of a comparison. */
    private PasswordCheck differs() {
        return encoder.matches(WRONG_PASSWORD, DUMMY_HASH) ? PasswordCheck.MATCHES : PasswordCheck.DIFFERS;
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

    private <T> Mono<T> offLoop(String origin, Callable<T> work) {
        return Mono.<T>create(sink -> {
                    var task = new Hashing<>(work, sink);
                    sink.onCancel(() -> workers.withdraw(origin, task));
                    workers.submit(origin, task);
                })
                // What follows a check is not hashing, and must not occupy these few threads.
                .publishOn(Schedulers.parallel());
    }

    /** One computation and its subscriber. */
    private record Hashing<T>(Callable<T> work, MonoSink<T> sink) implements FairWorkers.Task {
        @Override
        public void run() {
            T result;
            try {
                result = work.call();
            } catch (Throwable e) {
                sink.error(e);
                return;
            }
            sink.success(result);
        }

        @Override
        public void refuse() {
            sink.error(PortcullisException.retryLater(ErrorCode.TOO_MANY_REQUESTS, RETRY_AFTER));
        }
    }
}
