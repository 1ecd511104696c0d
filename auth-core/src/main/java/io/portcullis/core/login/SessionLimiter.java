package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.SessionOpener.NewSession;
import io.portcullis.core.resilience.SingleFlight;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.session.UserLockRepository;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.SessionEnd;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.transaction.Transactions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Opens sessions within the {@link SessionLimits}, under the lock of their user (docs/adr/0028). The order of the locks is the user,
 * then the account, then the sessions. The sessions that must give way end in the transaction that opens the new one.
 */
final class SessionLimiter {
    /** The number of sessions that a login may end before its own transaction, each in a transaction of its own. */
    static final int MAX_ENDS_BEFORE = 100;

    private static final int MAX_ENDS = MAX_ENDS_BEFORE + SessionTerminator.MAX_ENDS_PER_TRANSACTION;
    private static final int ATTEMPTS = 3;

    private final SessionLimits limits;
    private final UserLockRepository locks;
    private final SessionRepository sessions;
    private final SessionTerminator terminator;
    private final Transactions transactions;
    private final Supplier<String> ids;
    /** One login of a user at a time in this node. Otherwise each would wait for the lock with a connection of its own. */
    private final SingleFlight<NewSession> logins = new SingleFlight<>();

    SessionLimiter(
            SessionLimits limits,
            UserLockRepository locks,
            SessionRepository sessions,
            SessionTerminator terminator,
            Transactions transactions,
            Supplier<String> ids) {
        this.limits = limits;
        this.locks = locks;
        this.sessions = sessions;
        this.terminator = terminator;
        this.transactions = transactions;
        this.ids = ids;
    }

    /** Returns whether a limit concerns the session. The opening of any other session needs no lock of its user. */
    boolean concerns(NewSession opening) {
        return limits.concern(opening.session().client().typeOfDevice());
    }

    /**
     * Opens the session and ends those that must give way to it, in one transaction. Empty, without an effect, if {@code condition}
     * is empty. Errors: {@code TOO_MANY_SESSIONS} if the user has too many sessions and the policy is to refuse; {@code UNAVAILABLE}
     * if MySQL failed, or if Redis failed under a policy that needs it for an end. The caller must not cancel it.
     *
     * @param condition is subscribed to under the lock, and must lock the account's row if there is one
     * @param write inserts the rows of the session
     */
    Mono<NewSession> open(NewSession opening, Mono<?> condition, Mono<NewSession> write) {
        return Mono.defer(() -> {
            var login = new Login(opening, condition, write);
            return logins.join(login.userId(), opening.session().id(), UnaryOperator.identity(), attempt(login, 1));
        });
    }

    private Mono<NewSession> attempt(Login login, int number) {
        return terminator
                .inTransaction(locks.lock(login.userId())
                        .flatMap(locked -> locked ? openLocked(login) : Mono.just(new LockMissing())))
                .flatMap(result -> complete(result, login, number));
    }

    private Mono<NewSession> complete(Result result, Login login, int number) {
        if (result instanceof Opened opened) {
            return Mono.just(opened.session());
        }
        if (number == ATTEMPTS) {
            return Mono.error(PortcullisException.storeUnavailable(
                    "MySQL", new IllegalStateException("the row of the user's lock was removed again and again")));
        }
        Mono<Void> preparation = result instanceof TooManyEnds tooMany
                ? endBefore(login, tooMany.giveWay())
                : transactions.execute(locks.create(login.userId()));
        return preparation.then(Mono.defer(() -> attempt(login, number + 1)));
    }

    private Mono<Result> openLocked(Login login) {
        return login.condition.flatMap(met -> findGivingWay(login)).flatMap(giveWay -> {
            if (giveWay.size() > SessionTerminator.MAX_ENDS_PER_TRANSACTION && !login.endedBefore) {
                return Mono.just(new TooManyEnds(giveWay));
            }
            return Flux.fromIterable(giveWay)
                    .take(SessionTerminator.MAX_ENDS_PER_TRANSACTION)
                    .concatMap(id -> end(login, id))
                    .then(login.write)
                    .map(Opened::new);
        });
    }

    /** Ends those that come first, so that the transaction of the login stays short also while Redis hangs. */
    private Mono<Void> endBefore(Login login, List<String> giveWay) {
        login.endedBefore = true;
        Map<String, EndReason> reasons = new LinkedHashMap<>();
        giveWay.stream()
                .limit(giveWay.size() - (long) SessionTerminator.MAX_ENDS_PER_TRANSACTION)
                .forEach(id -> reasons.put(id, login.reason(id)));
        return terminator.endEach(reasons, login.actor());
    }

    private Mono<Void> end(Login login, String id) {
        return sessions.findByIdForUpdate(id)
                .flatMap(locked -> terminator.endLocked(
                        locked,
                        login.ends.computeIfAbsent(
                                id, any -> new SessionEnd(login.reason(id), login.actor(), ids.get(), null))))
                .then();
    }

    /** Emits the ids of the sessions that must end for the new one, in the order in which they end. */
    private Mono<List<String>> findGivingWay(Login login) {
        String userId = login.userId();
        Mono<List<String>> onDevice = Mono.justOrEmpty(
                        limits.exclusiveType(login.opening.session().client().typeOfDevice()))
                .flatMapMany(type -> locks.findLiveOnDevice(userId, type, MAX_ENDS))
                .collectList();
        return onDevice.flatMap(exclusive -> limits.limitsNumber()
                ? locks.findLive(userId, limits.maxPerUser() - 1 + MAX_ENDS)
                        .collectList()
                        .map(live -> chooseBeyondLimit(login, exclusive, live))
                : Mono.just(List.copyOf(begun(login, exclusive))));
    }

    /**
     * Returns the sessions whose end a previous attempt of the transaction has begun, and these. Redis may have tombstones of the
     * former, so they must end whatever this attempt finds.
     */
    private static Set<String> begun(Login login, List<String> exclusive) {
        Set<String> giveWay = new LinkedHashSet<>(login.ends.keySet());
        giveWay.addAll(exclusive);
        return giveWay;
    }

    /**
     * Adds the sessions of the same browser, which its login replaces in any case, and the oldest ones, as far as there are too many.
     *
     * @param live the live sessions of the user, oldest first; a part of them if there are many more than the limit
     */
    private List<String> chooseBeyondLimit(Login login, List<String> exclusive, List<String> live) {
        Set<String> giveWay = begun(login, exclusive);
        List<String> others = live.stream().filter(id -> !giveWay.contains(id)).toList();
        int excess = others.size() - (limits.maxPerUser() - 1);
        List<String> inBrowser =
                others.stream().filter(login.opening.replaces()::contains).toList();
        if (limits.whenFull() == WhenFull.REJECT && excess > inBrowser.size()) {
            throw PortcullisException.of(ErrorCode.TOO_MANY_SESSIONS);
        }
        Stream.concat(inBrowser.stream(), others.stream())
                .distinct()
                .limit(Math.max(0, excess))
                .forEach(giveWay::add);
        return List.copyOf(giveWay);
    }

    /** The result of one transaction that did not fail. */
    private sealed interface Result {}

    private record Opened(NewSession session) implements Result {}

    /** Nothing was changed, because the user's lock has no row yet. */
    private record LockMissing() implements Result {}

    /** Nothing was changed, because more sessions give way than one transaction may end. */
    private record TooManyEnds(List<String> giveWay) implements Result {}

    /** One login over all attempts of its transaction, which run one after the other. */
    private static final class Login {
        final NewSession opening;
        final Mono<?> condition;
        final Mono<NewSession> write;
        /** The ends that an attempt has begun, with the ids of their log entries. */
        final Map<String, SessionEnd> ends = new ConcurrentHashMap<>();

        volatile boolean endedBefore;

        Login(NewSession opening, Mono<?> condition, Mono<NewSession> write) {
            this.opening = opening;
            this.condition = condition;
            this.write = write;
        }

        String userId() {
            return opening.session().userId();
        }

        Actor actor() {
            return new Actor(userId(), opening.session().client());
        }

        EndReason reason(String sessionId) {
            return opening.replaces().contains(sessionId) ? EndReason.REPLACED_IN_BROWSER : EndReason.REPLACED;
        }
    }
}
