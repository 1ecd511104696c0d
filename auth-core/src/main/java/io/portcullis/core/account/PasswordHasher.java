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
 * Hashes and checks passwords on dedicated threads, so that bcrypt never occupies an event loop and a flood of logins
 * does not starve other work.
 *
 * <p>The queue is bounded, and a call that does not fit fails with {@code TOO_MANY_REQUESTS}. Origins (client
 * addresses) are served round robin, so a flood from one address does not cause refusals for other addresses. Results
 * are emitted on the parallel scheduler.
 */
public final class PasswordHasher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PasswordHasher.class);

    /** BCrypt ignores the bytes of a password after the 72nd. */
    private static final int MAX_BCRYPT_BYTES = 72;

    private static final int MIN_THREADS = 2;
    private static final int QUEUED_PER_THREAD = 64;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final String WRONG_PASSWORD = "nobody has this password";
    /**
     * A random hash that was not computed from a password, so no matching password is known. It has the cost of new
     * hashes.
     */
    private static final String DUMMY_HASH = "{bcrypt}$2a$10$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne";
    /** The origin for passwords that administrators set. */
    private static final String ADMINISTRATION = "administration";

    private final PasswordEncoder encoder;
    private final FairWorkers workers;

    /**
     * Starts the threads.
     *
     * @param encoder the encoder, in Spring Security's delegating format; new hashes are bcrypt
     * @param threads the number of hashes that are computed concurrently
     * @param maxWaiting the number of hashes that may wait for a thread
     */
    public PasswordHasher(PasswordEncoder encoder, int threads, int maxWaiting) {
        this.encoder = encoder;
        this.workers = new FairWorkers("password", threads, maxWaiting);
    }

    /**
     * Creates a hasher that writes bcrypt of cost 10 and reads every format of Spring Security's delegating encoder,
     * and bare bcrypt, which older user tables hold. It uses half of the processors, but at least two threads, so
     * that the other processors can serve requests.
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

    /** Emits the hash of a password that an administrator sets. Errors as {@link #hash(String, String)}. */
    public Mono<String> hash(String password) {
        return hash(ADMINISTRATION, password);
    }

    /**
     * Emits the hash of a new password. Errors: {@code BAD_REQUEST} when the password is longer than 72 bytes in
     * UTF-8, {@code TOO_MANY_REQUESTS} when the queue is full.
     *
     * @param origin the caller's IPv4 address or IPv6 site, which shares the threads fairly with other origins
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
     * Compares the password with a hash and emits the result. Fails with {@code TOO_MANY_REQUESTS} when the queue is
     * full. Of a password longer than 72 bytes only the first 72 bytes are compared, as in the libraries that made
     * such hashes.
     *
     * @param origin the caller's IPv4 address or IPv6 site, which shares the threads fairly with other origins
     * @param hash null or empty for an unknown user or a user without a password. The result is then {@code DIFFERS}
     *     after the time of a real comparison. A hash in an unknown format is treated the same way
     */
    public Mono<PasswordCheck> check(String origin, String password, @Nullable String hash) {
        return offLoop(origin, () -> compare(password, hash));
    }

    /** Refuses the waiting calls. Each thread ends after its current hash. */
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
            // The hash is malformed, has an unknown format, or needs a library that is not on the class path (argon2,
            // scrypt).
            log.warn(
                    "Cannot check a password hash; its account cannot log in (expected: {bcrypt}..., or another prefix of"
                            + " Spring Security): {}",
                    e.getClass().getName());
            return differs();
        }
    }

    /** Compares with the dummy hash, so that the response time does not reveal whether the account exists. */
    private PasswordCheck differs() {
        return encoder.matches(WRONG_PASSWORD, DUMMY_HASH) ? PasswordCheck.MATCHES : PasswordCheck.DIFFERS;
    }

    private String encode(String password) {
        String hash = encoder.encode(password);
        if (hash == null) {
            throw new IllegalStateException("PasswordEncoder.encode: null (expected: a hash)");
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
                // The rest of the request does no hashing and must not occupy these few threads.
                .publishOn(Schedulers.parallel());
    }

    /** One queued computation and the subscriber that waits for its result. */
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
