package io.portcullis.core.client;

import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.session.AddressBlock;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.ClientUserId;
import io.portcullis.core.throttle.SecretThrottle;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Authenticates clients (RFC 6749 section 2.3), and logs the refusals. */
public final class ClientAuthenticator {
    private static final int MAX_LOGGED_ID = 50;
    private static final int MAX_CONCURRENT = 4;
    private static final int MAX_WAITING = 200;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final ClientDirectory clients;
    private final SecretThrottle throttle;
    private final Transactions transactions;
    private final LoginLogRepository loginLog;
    private final Supplier<String> ids;
    private final Clock clock;
    private final ConcurrencyLimit unknownClients = ConcurrencyLimit.ofCallers(
            () -> PortcullisException.retryLater(ErrorCode.TOO_MANY_REQUESTS, RETRY_AFTER),
            MAX_CONCURRENT,
            MAX_WAITING);

    public ClientAuthenticator(
            ClientDirectory clients,
            SecretThrottle throttle,
            Transactions transactions,
            LoginLogRepository loginLog,
            Supplier<String> ids,
            Clock clock) {
        this.clients = clients;
        this.throttle = throttle;
        this.transactions = transactions;
        this.loginLog = loginLog;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Emits the client if it is enabled and its secret is right, or if it is public and presents none. Errors:
     * {@code BAD_CREDENTIALS}; {@code TOO_MANY_LOGIN_ATTEMPTS} in its place after too many of them; {@code UNAVAILABLE} when MySQL
     * failed. Finishes even if the subscriber cancels.
     */
    public Mono<RegisteredClient> authenticate(ClientCredentials presented, ClientInfo origin) {
        return authenticate(presented, origin, clients::find);
    }

    /**
     * Does the same for a request that changes nothing and is frequent: the client may be as it was a second ago or, while MySQL fails,
     * five minutes ago.
     */
    public Mono<RegisteredClient> authenticateReader(ClientCredentials presented, ClientInfo origin) {
        return authenticate(presented, origin, clients::findRecent);
    }

    private Mono<RegisteredClient> authenticate(
            ClientCredentials presented, ClientInfo origin, Function<String, Mono<RegisteredClient>> lookup) {
        return BackgroundWork.run(Mono.defer(() -> {
            String name = nameOf(presented);
            var attempt = throttle.begin(name, AddressBlock.of(origin.ip()));
            Mono<RegisteredClient> client = lookup.apply(presented.id());
            return (attempt.exhausted() && !clients.isKnown(presented.id()) ? limited(client) : client)
                    .filter(found -> matches(found, presented))
                    .doOnNext(found -> attempt.end(false))
                    .doOnError(failure -> attempt.end(false))
                    .switchIfEmpty(Mono.defer(() -> refuse(name, attempt, origin)));
        }));
    }

    /** Bounds the look-ups that a flood of unknown ids causes, once a limit on wrong secrets has been reached. */
    private Mono<RegisteredClient> limited(Mono<RegisteredClient> client) {
        return unknownClients.run(client, UnaryOperator.identity());
    }

    private static boolean matches(RegisteredClient client, ClientCredentials presented) {
        return client.confidential()
                ? client.hasSecret(presented.secrets())
                : presented.secrets().isEmpty();
    }

    private Mono<RegisteredClient> refuse(String name, SecretThrottle.Attempt attempt, ClientInfo origin) {
        attempt.end(true);
        if (attempt.admitsWrong()) {
            return log(name, LoginLogResult.BAD_CREDENTIALS, origin)
                    .then(Mono.error(PortcullisException.of(ErrorCode.BAD_CREDENTIALS)));
        }
        Mono<RegisteredClient> refusal =
                Mono.error(PortcullisException.retryLater(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS, attempt.retryAfter()));
        return attempt.reportsFirst()
                ? log(name, LoginLogResult.TOO_MANY_TRIES, origin).then(refusal)
                : refusal;
    }

    /** Returns the name for the log: that of a client's sessions. An id that no client can have is shortened to what can be shown. */
    private static String nameOf(ClientCredentials presented) {
        String shown = presented.id().replaceAll("[^A-Za-z0-9._-]", "?");
        return ClientUserId.of(shown.length() <= MAX_LOGGED_ID ? shown : shown.substring(0, MAX_LOGGED_ID));
    }

    private Mono<Void> log(String name, LoginLogResult result, ClientInfo origin) {
        return Mono.defer(() -> {
            var entry = new LoginLogEntry(
                    ids.get(),
                    LoginLogType.LOGIN,
                    result,
                    null,
                    name,
                    null,
                    origin.ip(),
                    origin.userAgent(),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    null);
            return transactions.execute(loginLog.append(entry));
        });
    }
}
