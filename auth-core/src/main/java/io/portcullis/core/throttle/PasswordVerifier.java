package io.portcullis.core.throttle;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.PasswordCheck;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.UnusableAccountException;
import io.portcullis.core.audit.FailedAttempts;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.throttle.LoginThrottle.Admission;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Checks a presented password within the limits of {@link LoginThrottle} and logs refusals. The limits are evaluated
 * in the order of their cost: this node's counters, then the login log of all nodes, then the password hash.
 */
public final class PasswordVerifier {
    private static final Duration WAIT = Duration.ofMillis(50);
    private static final Retry WHILE_CHECKS_ARE_IN_PROGRESS = Retry.fixedDelay(200, WAIT)
            .filter(ChecksInProgressException.class::isInstance)
            .onRetryExhaustedThrow((spec, last) -> last.failure());
    /** With more concurrent checks than this, a check is refused instead of waiting for a slot. */
    private static final int MAX_CHECKS_IN_PROGRESS = 1_000;

    private final PasswordHasher hasher;
    private final LoginThrottle throttle;
    private final Transactions transactions;
    private final LoginLogRepository loginLog;
    private final Supplier<String> ids;
    private final Clock clock;
    private final boolean passwordLengthLimited;
    private final AtomicInteger checksInProgress = new AtomicInteger();

    /** @param passwordLengthLimited whether no account has a password of more than 72 bytes, so that a longer one is wrong */
    public PasswordVerifier(
            PasswordHasher hasher,
            LoginThrottle throttle,
            Transactions transactions,
            LoginLogRepository loginLog,
            Supplier<String> ids,
            Clock clock,
            boolean passwordLengthLimited) {
        this.hasher = hasher;
        this.throttle = throttle;
        this.transactions = transactions;
        this.loginLog = loginLog;
        this.ids = ids;
        this.clock = clock;
        this.passwordLengthLimited = passwordLengthLimited;
    }

    /**
     * Emits the account if the password is correct. Errors: {@code BAD_CREDENTIALS} for an unknown account or a wrong
     * password, which take the same time; {@code TOO_MANY_LOGIN_ATTEMPTS} when a limit is reached;
     * {@code TOO_MANY_REQUESTS} when the hasher's queue is full; {@code UNAVAILABLE} when MySQL failed.
     *
     * <p>When running checks occupy all slots of a limit, a new check waits for a slot, at most 10 s, because the
     * running checks may succeed and many concurrent logins are no attack. The check is uncancellable: a wrong
     * password counts even if the client disconnects before the response.
     *
     * @param account looks up the account. Subscribed to only after the limits on username and address have admitted
     *     the check
     */
    public Mono<Account> verify(PasswordAttempt attempt, Mono<Account> account) {
        return BackgroundWork.run(Mono.defer(() -> {
            checksInProgress.incrementAndGet();
            return Mono.defer(() -> verifyOnce(attempt, account))
                    .retryWhen(WHILE_CHECKS_ARE_IN_PROGRESS)
                    .onErrorMap(ChecksInProgressException.class, ChecksInProgressException::refusal)
                    .doFinally(signal -> checksInProgress.decrementAndGet());
        }));
    }

    private Mono<Account> verifyOnce(PasswordAttempt attempt, Mono<Account> account) {
        var admission = throttle.begin(attempt.username(), attempt.tenantId(), attempt.block());
        var refusal = admission.refusal();
        Mono<Account> outcome = refusal == null
                ? account.map(Optional::of)
                        .onErrorResume(PasswordVerifier::isOfUnusableAccount, e -> Mono.just(Optional.empty()))
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(found -> verify(attempt, found.orElse(null), admission))
                : waitOrRefuse(attempt, null, admission, refusal);
        return outcome.doOnTerminate(admission::end);
    }

    private Mono<Account> waitOrRefuse(
            PasswordAttempt attempt, @Nullable Account account, Admission admission, AttemptCounters.Slot limit) {
        return limit.exhausted() || checksInProgress.get() > MAX_CHECKS_IN_PROGRESS
                ? refuse(attempt, account, admission, limit)
                : Mono.error(new ChecksInProgressException(limit.retryAfter()));
    }

    /** The repository has already logged why the account is unusable; the check treats it as unknown. */
    private static boolean isOfUnusableAccount(Throwable error) {
        return error.getCause() instanceof UnusableAccountException;
    }

    private Mono<Account> verify(PasswordAttempt attempt, @Nullable Account account, Admission admission) {
        var refusal = account == null ? null : admission.refusal(account.id());
        if (refusal != null) {
            if (refusal.exhausted()) {
                admission.countAsWrong();
            }
            return waitOrRefuse(attempt, account, admission, refusal);
        }
        return countFailedAttempts(attempt, account)
                .flatMap(attempts ->
                        attempts.fromAddressBlock() >= throttle.limits().perNameAndAddress()
                                ? refuseByLoggedFailures(attempt, account, admission)
                                : checkIfFamiliar(attempt, account, admission, attempts));
    }

    private Mono<FailedAttempts> countFailedAttempts(PasswordAttempt attempt, @Nullable Account account) {
        Instant since = now().minus(throttle.limits().window());
        return loginLog.countFailedAttempts(
                account == null ? null : account.id(), attempt.username(), attempt.tenantId(), attempt.block(), since);
    }

    /**
     * Refuses an attempt because of wrong passwords on other nodes. The refusal counts in this node's limits, so that
     * a flood of attempts does not query the log each time.
     */
    private Mono<Account> refuseByLoggedFailures(
            PasswordAttempt attempt, @Nullable Account account, Admission admission) {
        admission.countAsWrong();
        return refuse(attempt, account, admission, throttle.limits().window(), admission.name());
    }

    private Mono<Account> checkIfFamiliar(
            PasswordAttempt attempt, @Nullable Account account, Admission admission, FailedAttempts attempts) {
        if (!admission.requiresFamiliarAddress()
                && attempts.total() < throttle.limits().perAccount()) {
            return check(attempt, account, admission);
        }
        String name = account == null ? attempt.username() : account.username();
        return loginLog.hasLoggedInFrom(name, tenantOf(attempt, account), attempt.block())
                .flatMap(familiar ->
                        familiar ? check(attempt, account, admission) : refuseUnfamiliar(attempt, account, admission));
    }

    private Mono<Account> refuseUnfamiliar(PasswordAttempt attempt, @Nullable Account account, Admission admission) {
        admission.countAsWrong();
        var limit = admission.unfamiliarAddressLimit();
        Duration retryAfter = admission.requiresFamiliarAddress()
                ? limit.retryAfter()
                : throttle.limits().window();
        return refuse(attempt, account, admission, retryAfter, limit);
    }

    private Mono<Account> check(PasswordAttempt attempt, @Nullable Account account, Admission admission) {
        String origin = attempt.block().site();
        return hasher.check(origin, attempt.password(), hashToCompare(attempt, account))
                .flatMap(check -> evaluate(attempt, account, admission, check));
    }

    /** None, which costs the same and differs, where the password cannot be right. */
    private @Nullable String hashToCompare(PasswordAttempt attempt, @Nullable Account account) {
        boolean possible = !passwordLengthLimited || !NewAccount.isOverlong(attempt.password());
        return account != null && possible ? account.passwordHash() : null;
    }

    private Mono<Account> evaluate(
            PasswordAttempt attempt, @Nullable Account account, Admission admission, PasswordCheck check) {
        if (account != null && check == PasswordCheck.MATCHES) {
            return Mono.just(account);
        }
        admission.countAsWrong();
        return log(attempt, account, LoginLogResult.BAD_CREDENTIALS)
                .then(Mono.error(PortcullisException.of(ErrorCode.BAD_CREDENTIALS)));
    }

    private Mono<Account> refuse(
            PasswordAttempt attempt, @Nullable Account account, Admission admission, AttemptCounters.Slot limit) {
        return refuse(attempt, account, admission, limit.retryAfter(), limit);
    }

    /** Refuses the attempt. Writes one log entry per limit and window, so that a flood does not create as many rows. */
    private Mono<Account> refuse(
            PasswordAttempt attempt,
            @Nullable Account account,
            Admission admission,
            Duration retryAfter,
            AttemptCounters.Slot limit) {
        admission.countRefusal();
        Mono<Account> refusal =
                Mono.error(PortcullisException.retryLater(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS, retryAfter));
        return limit.reportsFirst()
                ? log(attempt, account, LoginLogResult.TOO_MANY_TRIES).then(refusal)
                : refusal;
    }

    /**
     * Writes a log entry. Uses the account's own username if there is an account, so that all spellings that find the
     * account share one username in the log.
     */
    public Mono<Void> log(PasswordAttempt attempt, @Nullable Account account, LoginLogResult result) {
        var entry = new LoginLogEntry(
                ids.get(),
                attempt.type(),
                result,
                account == null ? null : account.id(),
                account == null ? attempt.username() : account.username(),
                attempt.sessionId(),
                attempt.client().ip(),
                attempt.client().userAgent(),
                now(),
                attempt.actor());
        return transactions.execute(loginLog.append(entry.inTenant(tenantOf(attempt, account))));
    }

    private static @Nullable String tenantOf(PasswordAttempt attempt, @Nullable Account account) {
        return account == null ? attempt.tenantId() : account.tenantId();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Signals that running checks occupy all slots of a limit. A retry waits for a slot. */
    private static final class ChecksInProgressException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Duration retryAfter;

        ChecksInProgressException(Duration retryAfter) {
            super(null, null, false, false);
            this.retryAfter = retryAfter;
        }

        PortcullisException refusal() {
            return PortcullisException.retryLater(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS, retryAfter);
        }
    }
}
