package io.portcullis.core.account;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.resilience.FairWorkers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    /** The greatest cost of a bcrypt hash that is compared or written. */
    public static final int MAX_BCRYPT_COST = HashCost.MAX_BCRYPT_COST;

    private static final int DEFAULT_BCRYPT_COST = 10;

    /** A random hash that was not computed from a password, so no matching password is known, without its cost. */
    private static final String DUMMY_HASH = "{bcrypt}$2a$%02d$48VbzA.x2r2JLDT0sXfVO.bnTZlXAyJMXk1N3rd3kLFOPFOOODtne";

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
    /** The origin for passwords that administrators set. */
    private static final String ADMINISTRATION = "administration";

    private final PasswordEncoder encoder;
    private final String dummyHash;
    private final FairWorkers workers;
    private final AtomicLong logged = new AtomicLong(System.nanoTime() - LOG_INTERVAL.toNanos());

    /**
     * Starts the threads.
     *
     * @param encoder the encoder, in Spring Security's delegating format; new hashes are bcrypt
     * @param threads the number of hashes that are computed concurrently
     * @param maxWaiting the number of hashes that may wait for a thread
     */
    public PasswordHasher(PasswordEncoder encoder, int threads, int maxWaiting) {
        this(encoder, DEFAULT_BCRYPT_COST, threads, maxWaiting);
    }

    private PasswordHasher(PasswordEncoder encoder, int bcryptCost, int threads, int maxWaiting) {
        this.encoder = encoder;
        this.dummyHash = DUMMY_HASH.formatted(bcryptCost);
        this.workers = new FairWorkers("password", threads, maxWaiting);
    }

    /** Creates a hasher as {@link #create(int)} does, that writes bcrypt of cost 10. */
    public static PasswordHasher create() {
        return create(DEFAULT_BCRYPT_COST);
    }

    /**
     * Creates a hasher that writes bcrypt and reads the formats of {@link StoredHashEncoder}. It uses half of the
     * processors, but at least two threads, so that the other processors can serve requests.
     *
     * @param bcryptCost the cost of new hashes, and the time that a login with an unknown name takes
     */
    public static PasswordHasher create(int bcryptCost) {
        int threads = Math.max(MIN_THREADS, Runtime.getRuntime().availableProcessors() / 2);
        return new PasswordHasher(new StoredHashEncoder(bcryptCost), bcryptCost, threads, threads * QUEUED_PER_THREAD);
    }

    /**
     * Returns whether a hash, with which a password was compared successfully, is of an older kind than new hashes or has a weaker
     * parameter.
     */
    public boolean isOutdated(String hash) {
        return encoder.upgradeEncoding(hash);
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
        } catch (UnusableAccountException e) {
            logOnce(String.valueOf(e.getMessage()));
            return differs();
        } catch (RuntimeException | LinkageError e) {
            logOnce("the password hash is malformed or in an unknown format: "
                    + e.getClass().getName());
            return differs();
        }
    }

    /** Logs at most one line per 10 s, so that failing logins cannot flood the log. */
    private void logOnce(String reason) {
        long last = logged.get();
        long now = System.nanoTime();
        if (now - last >= LOG_INTERVAL.toNanos() && logged.compareAndSet(last, now)) {
            log.warn(
                    "An account cannot log in, {} (expected: {bcrypt}..., or another format of docs/operations.md)",
                    reason);
        }
    }

    /** Compares with the dummy hash, so that the response time does not reveal whether the account exists. */
    private PasswordCheck differs() {
        return encoder.matches(WRONG_PASSWORD, dummyHash) ? PasswordCheck.MATCHES : PasswordCheck.DIFFERS;
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
