package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.PasswordPolicy;
import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.GuardedAccessTokenCache;
import io.portcullis.core.degraded.LedgerReplay;
import io.portcullis.core.degraded.Recovery;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.login.AuthServices.Ports;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.OpenedPools;
import io.portcullis.core.r2dbc.R2dbcAccountRepository;
import io.portcullis.core.r2dbc.R2dbcExpiredRowRepository;
import io.portcullis.core.r2dbc.R2dbcLeaseRepository;
import io.portcullis.core.r2dbc.R2dbcLoginLogRepository;
import io.portcullis.core.r2dbc.R2dbcRevocationLedger;
import io.portcullis.core.r2dbc.R2dbcSessionRepository;
import io.portcullis.core.r2dbc.R2dbcTicketRepository;
import io.portcullis.core.r2dbc.R2dbcTokenRepository;
import io.portcullis.core.r2dbc.R2dbcTokenUseRepository;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.r2dbc.R2dbcUserLockRepository;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.retention.ExpiredRowRepository;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionSettings;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.RedisFailurePolicy;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.ticket.TicketService;
import io.portcullis.core.ticket.TicketSettings;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.SuccessorSeal;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.check.FallbackSettings;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.use.GatheredTokenUses;
import io.portcullis.core.token.use.TokenUseCounters;
import io.portcullis.core.token.use.TokenUseFlush;
import io.portcullis.core.token.use.TokenUseSettings;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.Testbed;
import io.r2dbc.pool.ConnectionPool;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** A gateway node without its web part: a connection pool, a Redis connection, and the services wired to them. */
final class CoreNode implements AutoCloseable {
    private static final Duration REDIS_TIMEOUT = Duration.ofMillis(250);
    private static final Duration WRITE_TIMEOUT = Duration.ofMillis(500);
    /** The cost of {@link CoreCluster#PASSWORD_HASH}, so that no login computes another hash. */
    private static final int BCRYPT_COST = 4;

    private static final int MAX_SILENT_REFRESHES = 5;
    static final Duration SKEW = Duration.ofMinutes(1);
    static final ClientInfo CLIENT = new ClientInfo("203.0.113.7", "test", "laptop", null);

    private static final FallbackSettings FALLBACK = new FallbackSettings(10, 2_000, Duration.ofSeconds(2));
    private static final TokenUseSettings TOKEN_USES = TokenUseSettings.defaults();
    private static final BreakerSettings BREAKER =
            new BreakerSettings(50, Duration.ofMillis(400), 20, 10, Duration.ofSeconds(1), 1);

    private final ConnectionPool pool;
    private final Clock clock;
    private final R2dbcTransactions transactions;
    private final R2dbcAccountRepository accounts;
    private final PasswordHasher hasher = PasswordHasher.create(BCRYPT_COST);
    private final RedisConnections redis;
    private final DegradedMode degraded;
    private final Recovery recovery;
    private final Ports ports;
    private final BiFunction<Ports, SessionLimits, AuthServices> limited;
    private final Function<Ports, AuthServices> wiring;
    private final AuthServices services;
    private final AccessTokenAuthenticator authenticator;
    private final TicketService tickets;
    private final TokenUseFlush tokenUses;
    private final Queue<EndedSession> ends = new ConcurrentLinkedQueue<>();

    private CoreNode(
            ConnectionPool pool,
            RedisSettings redis,
            KeyRing keys,
            Clock clock,
            CurrentTimeSql time,
            WhenRedisFails policy) {
        this.pool = pool;
        this.clock = clock;
        this.transactions = new R2dbcTransactions(pool);
        var client = DatabaseClient.create(pool);
        this.accounts = new R2dbcAccountRepository(client);
        this.redis = RedisConnections.create(redis);
        this.degraded = new DegradedMode(this.redis::disruptionCount);
        var random = seededRandom();
        var tokens = new R2dbcTokenRepository(client, time);
        var ledger = new R2dbcRevocationLedger(client, time);
        var redisStore = new RedisAccessTokenCache(this.redis, null);
        var breaker = new StoreBreaker("Redis", BREAKER, this.redis::stalledNanosSince);
        var store = new GuardedAccessTokenCache(redisStore, breaker, degraded);
        this.recovery =
                new Recovery(degraded, redisStore, breaker, new LedgerReplay(ledger, redisStore, transactions, clock));
        recovery.start(this.redis.disruptions());
        var codec = new TokenCodec(keys, clock, random);
        this.ports = new Ports(
                transactions,
                accounts,
                hasher,
                throttle(),
                new R2dbcSessionRepository(client, time),
                tokens,
                store,
                new R2dbcLoginLogRepository(client),
                ended -> Mono.fromRunnable(() -> ends.add(ended)),
                new R2dbcUserLockRepository(client, time));
        this.limited = (changed, limits) -> AuthServices.of(
                changed,
                codec,
                new SuccessorSeal(random),
                CoreCluster.LIFETIMES,
                PasswordPolicy.defaults(),
                new RedisFailurePolicy(policy, degraded),
                limits,
                MAX_SILENT_REFRESHES,
                new TimeOrderedIds(clock, random),
                clock);
        this.wiring = changed -> limited.apply(changed, SessionLimits.NONE);
        this.services = wiring.apply(ports);
        var counters = new TokenUseCounters();
        var gathered = new GatheredTokenUses(TOKEN_USES, counters, clock);
        this.tokenUses = new TokenUseFlush(
                gathered, new R2dbcTokenUseRepository(client), transactions, TOKEN_USES, counters, clock);
        this.authenticator =
                new AccessTokenAuthenticator(codec, store, tokens, ledger, transactions, clock, FALLBACK, gathered);
        this.tickets = new TicketService(
                codec,
                transactions,
                ports.sessions(),
                new R2dbcTicketRepository(client, time),
                TicketSettings.defaults(),
                gathered,
                clock);
    }

    /** Returns the settings of a node's connections to Redis, or to a proxy before it. */
    static RedisSettings redisAt(String host, int port) {
        var timeouts =
                new RedisSettings.Timeouts(Duration.ofSeconds(2), REDIS_TIMEOUT, WRITE_TIMEOUT, Duration.ofSeconds(2));
        return new RedisSettings(host, port, null, null, 0, false, timeouts, null, List.of());
    }

    static CoreNode start(
            String url, RedisSettings redis, KeyRing keys, Clock clock, CurrentTimeSql time, WhenRedisFails policy) {
        var database = Testbed.shared().database();
        return start(url, database.username(), database.password(), redis, keys, clock, time, policy);
    }

    /** Creates a node with a database account of its own. */
    static CoreNode start(
            String url,
            String username,
            String password,
            RedisSettings redis,
            KeyRing keys,
            Clock clock,
            CurrentTimeSql time,
            WhenRedisFails policy) {
        var pool = OpenedPools.create(url, username, password, PoolSettings.defaults());
        return new CoreNode(pool, redis, keys, clock, time, policy);
    }

    /**
     * Uses a computed generator, because the default one sometimes reads /dev/urandom, which BlockHound reports as
     * blocking.
     */
    private static SecureRandom seededRandom() {
        try {
            var random = SecureRandom.getInstance("DRBG");
            random.nextBytes(new byte[1]);
            return random;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates a janitor on this node's connections, not started, with one clock for node and database. */
    Janitor janitor(RetentionSettings settings, Clock clock, UnaryOperator<ExpiredRowRepository> rows) {
        return janitor(settings, new ClockMonitor(() -> Mono.fromSupplier(clock::instant), clock, SKEW), rows);
    }

    /** Creates a janitor on this node's connections, not started. */
    Janitor janitor(RetentionSettings settings, ClockMonitor clocks, UnaryOperator<ExpiredRowRepository> rows) {
        var client = DatabaseClient.create(pool);
        return new Janitor(
                new R2dbcLeaseRepository(client, transactions),
                rows.apply(new R2dbcExpiredRowRepository(client)),
                services.terminator(),
                transactions,
                settings,
                () -> UUID.randomUUID().toString(),
                clocks);
    }

    /** Returns whether MySQL answers the node's checks. */
    boolean degraded() {
        return degraded.active();
    }

    /** Waits until Redis answers the node's checks, and no connection is about to end this trust by its reconnection. */
    void awaitTrust() {
        Await.until("the node trusts Redis", () -> redis.missingConnections() == 0 && !degraded());
    }

    AuthServices services() {
        return services;
    }

    /** Returns the flush of the token uses of this node, not started. */
    TokenUseFlush tokenUses() {
        return tokenUses;
    }

    TicketService tickets() {
        return tickets;
    }

    /** Creates services on this node's connections, with other accounts, another hasher or another throttle. */
    AuthServices services(AccountRepository accounts, PasswordHasher hasher, LoginThrottle throttle) {
        return wiring.apply(new Ports(
                ports.transactions(),
                accounts,
                hasher,
                throttle,
                ports.sessions(),
                ports.tokens(),
                ports.cache(),
                ports.loginLog(),
                ports.endListener(),
                ports.userLocks()));
    }

    /** Creates services on this node's connections, with another listener of ends. */
    AuthServices services(SessionEndListener listener) {
        return wiring.apply(new Ports(
                ports.transactions(),
                accounts,
                hasher,
                throttle(),
                ports.sessions(),
                ports.tokens(),
                ports.cache(),
                ports.loginLog(),
                listener,
                ports.userLocks()));
    }

    /** Creates services on this node's connections, with limits on the sessions of a user. */
    AuthServices services(SessionLimits limits) {
        return limited.apply(ports, limits);
    }

    /** Creates such services with other accounts. */
    AuthServices services(SessionLimits limits, AccountRepository accounts) {
        return limited.apply(
                new Ports(
                        ports.transactions(),
                        accounts,
                        hasher,
                        throttle(),
                        ports.sessions(),
                        ports.tokens(),
                        ports.cache(),
                        ports.loginLog(),
                        ports.endListener(),
                        ports.userLocks()),
                limits);
    }

    /** Creates such services with another repository of sessions. */
    AuthServices services(SessionLimits limits, UnaryOperator<SessionRepository> sessions) {
        return limited.apply(
                new Ports(
                        ports.transactions(),
                        accounts,
                        hasher,
                        throttle(),
                        sessions.apply(ports.sessions()),
                        ports.tokens(),
                        ports.cache(),
                        ports.loginLog(),
                        ports.endListener(),
                        ports.userLocks()),
                limits);
    }

    AccountRepository accounts() {
        return accounts;
    }

    R2dbcTransactions transactions() {
        return transactions;
    }

    /** Returns the ends that the listener of this node has received. */
    Queue<EndedSession> ends() {
        return ends;
    }

    /** Creates services on this node's connections, with another cache, and transactions whose callers wait this long. */
    AuthServices services(UnaryOperator<AccessTokenCache> cache, Duration deadline) {
        return wiring.apply(new Ports(
                new R2dbcTransactions(pool, deadline),
                accounts,
                hasher,
                throttle(),
                ports.sessions(),
                ports.tokens(),
                cache.apply(ports.cache()),
                ports.loginLog(),
                ports.endListener(),
                ports.userLocks()));
    }

    /** Creates such services with this node's accounts. */
    AuthServices services(PasswordHasher hasher, LoginThrottle throttle) {
        return services(accounts, hasher, throttle);
    }

    /** Creates such services with this node's accounts, and a throttle of their own with the default limits. */
    AuthServices services(PasswordHasher hasher) {
        return services(hasher, throttle());
    }

    private LoginThrottle throttle() {
        return new LoginThrottle(AttemptLimits.defaults(), clock);
    }

    PasswordHasher hasher() {
        return hasher;
    }

    DatabaseClient database() {
        return DatabaseClient.create(pool);
    }

    /** Returns the number of running transactions, including those without a subscriber. */
    int inFlight() {
        return transactions.inFlight();
    }

    /** Returns the number of connections to MySQL in use. */
    int acquired() {
        return pool.getMetrics().orElseThrow().acquiredSize();
    }

    void add(Account account) {
        run(transactions.execute(accounts.insert(account)));
    }

    /** Disables the account without ending its sessions, as another program that shares the table might. */
    Mono<Long> disableOnly(String accountId) {
        return transactions.execute(accounts.updateStatus(accountId, AccountStatus.DISABLED));
    }

    /** Runs a call that must succeed. */
    void run(Mono<?> call) {
        var error = Outcome.of(call).error();
        if (error != null) {
            throw new AssertionError("failed: " + error);
        }
    }

    /** Logs in; the login must succeed. */
    LoginResult login(String username) {
        return login(username, CoreCluster.PASSWORD).get();
    }

    Outcome<LoginResult> login(String username, String password) {
        return Outcome.of(services.login().login(new LoginRequest(username, password, CLIENT)));
    }

    Mono<LoginResult> refreshing(Token refresh) {
        return services.refresh().refresh(refresh.value(), CLIENT);
    }

    /** Refreshes as the gateway does for a browser that presents this token in a cookie. */
    Outcome<SilentRefresh> refreshSilently(Token refresh) {
        return Outcome.of(services.refresh().refreshSilently(refresh.value(), CLIENT));
    }

    Outcome<LoginResult> refresh(Token refresh) {
        return Outcome.of(refreshing(refresh));
    }

    Mono<Void> loggingOut(Token token) {
        return services.logout().logout(token.value(), CLIENT);
    }

    Outcome<Void> logout(Token token) {
        return Outcome.of(loggingOut(token));
    }

    Mono<Identity> checking(Token token) {
        return authenticator.authenticate(token.value(), CLIENT::ip);
    }

    /** Checks a token that is used from this address. */
    Outcome<Identity> check(Token token, String ip) {
        return Outcome.of(authenticator.authenticate(token.value(), () -> ip));
    }

    /** Checks a token as the proxy does for each request. */
    Outcome<Identity> check(Token token) {
        return Outcome.of(checking(token));
    }

    /** Logs out with the token, and asserts that the logout is not refused. */
    void assertLogsOut(Token token) {
        assertThat(logout(token).error()).isNull();
    }

    @Override
    public void close() {
        tokenUses.close();
        services.terminator().close();
        recovery.close();
        transactions.close();
        pool.dispose();
        redis.close();
        hasher.close();
    }
}
