package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.PasswordPolicy;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.login.AuthServices.Ports;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.OpenedPools;
import io.portcullis.core.r2dbc.R2dbcAccountRepository;
import io.portcullis.core.r2dbc.R2dbcClientRepository;
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
import io.portcullis.core.redis.RedisSettings;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.retention.ExpiredRowRepository;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionSettings;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.termination.RedisFailurePolicy;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.ticket.TicketService;
import io.portcullis.core.ticket.TicketSettings;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.SuccessorSeal;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.check.FallbackSettings;
import io.portcullis.core.token.store.AccessTokenCache;
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
import java.util.function.UnaryOperator;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** A gateway node without its web part: a connection pool, a Redis connection, and the services wired to them. */
final class CoreNode implements CoreCalls, AutoCloseable {
    /** The cost of {@link CoreCluster#PASSWORD_HASH}, so that no login computes another hash. */
    private static final int BCRYPT_COST = 4;

    private static final RefreshLimits REFRESH_LIMITS = new RefreshLimits(5, Duration.ofSeconds(10));
    static final Duration SKEW = Duration.ofMinutes(1);
    static final ClientInfo CLIENT = new ClientInfo("203.0.113.7", "test", "laptop", null);

    private static final FallbackSettings FALLBACK = new FallbackSettings(10, 2_000, Duration.ofSeconds(2));
    private static final TokenUseSettings TOKEN_USES = TokenUseSettings.defaults();

    private final ConnectionPool pool;
    private final Clock clock;
    private final R2dbcTransactions transactions;
    private final R2dbcAccountRepository accounts;
    private final PasswordHasher hasher = PasswordHasher.create(BCRYPT_COST);
    private final CoreRedis redis;
    private final Ports ports;
    private final BiFunction<Ports, SessionLimits, AuthServices> wiring;
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
        this.transactions = new R2dbcTransactions(pool, OpenedPools.DEADLINE);
        var client = DatabaseClient.create(pool);
        this.accounts = new R2dbcAccountRepository(client);
        var random = seededRandom();
        var tokens = new R2dbcTokenRepository(client, time);
        var ledger = new R2dbcRevocationLedger(client, time);
        this.redis = new CoreRedis(redis, ledger, transactions, clock);
        var codec = new TokenCodec(keys, clock, random);
        this.ports = new Ports(
                transactions,
                accounts,
                hasher,
                throttle(),
                new R2dbcSessionRepository(client, time),
                tokens,
                this.redis.cache(),
                new R2dbcLoginLogRepository(client),
                ended -> Mono.fromRunnable(() -> ends.add(ended)),
                new R2dbcUserLockRepository(client, time),
                new ClientDirectory(List.of(), new R2dbcClientRepository(client), System::nanoTime),
                LatencyRecorder.NONE);
        this.wiring = (changed, limits) -> AuthServices.of(
                changed,
                codec,
                new SuccessorSeal(random),
                CoreCluster.LIFETIMES,
                PasswordPolicy.defaults(),
                new RedisFailurePolicy(policy, this.redis.degraded()),
                limits,
                TenantRules.defaults(),
                REFRESH_LIMITS,
                new TimeOrderedIds(clock, random),
                clock);
        this.services = wiring.apply(ports, SessionLimits.NONE);
        var counters = new TokenUseCounters();
        var gathered = new GatheredTokenUses(TOKEN_USES, counters, clock);
        this.tokenUses = new TokenUseFlush(
                gathered, new R2dbcTokenUseRepository(client), transactions, TOKEN_USES, counters, clock);
        this.authenticator = new AccessTokenAuthenticator(
                codec, this.redis.cache(), tokens, ledger, transactions, clock, FALLBACK, gathered);
        this.tickets = new TicketService(
                codec,
                transactions,
                ports.sessions(),
                new R2dbcTicketRepository(client, time),
                TicketSettings.defaults(),
                gathered,
                clock);
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
        var pool = OpenedPools.create(url, username, password);
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
        return redis.degraded().active();
    }

    /** Waits until Redis answers the node's checks, and no connection is about to end this trust by its reconnection. */
    void awaitTrust() {
        Await.until("the node trusts Redis", redis::isTrusted);
    }

    @Override
    public AuthServices services() {
        return services;
    }

    @Override
    public AccessTokenAuthenticator authenticator() {
        return authenticator;
    }

    /** Returns the flush of the token uses of this node, not started. */
    TokenUseFlush tokenUses() {
        return tokenUses;
    }

    TicketService tickets() {
        return tickets;
    }

    /** Returns a builder of services on this node's connections, with a throttle of their own. */
    ServicesBuilder servicesWith() {
        return new ServicesBuilder(wiring, ports, throttle());
    }

    AuthServices services(PasswordHasher hasher) {
        return servicesWith().hasher(hasher).build();
    }

    AuthServices services(PasswordHasher hasher, LoginThrottle throttle) {
        return servicesWith().hasher(hasher).throttle(throttle).build();
    }

    AuthServices services(SessionEndListener listener) {
        return servicesWith().endListener(listener).build();
    }

    AuthServices services(SessionLimits limits) {
        return servicesWith().limits(limits).build();
    }

    /** Creates services with another cache, and transactions whose callers wait this long. */
    AuthServices services(UnaryOperator<AccessTokenCache> cache, Duration deadline) {
        return servicesWith()
                .transactions(new R2dbcTransactions(pool, deadline))
                .cache(cache)
                .build();
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

    private LoginThrottle throttle() {
        return new LoginThrottle(AttemptLimits.defaults(), clock);
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

    @Override
    public void close() {
        tokenUses.close();
        services.terminator().close();
        redis.stopRecovery();
        transactions.close();
        pool.dispose();
        redis.close();
        hasher.close();
    }
}
