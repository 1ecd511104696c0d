package io.portcullis.gateway.config;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.ReportingTransactions;
import io.portcullis.core.degraded.WriteOutcomes;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.keyring.TokenKeys;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.login.AuthServices;
import io.portcullis.core.login.ExternalLoginService;
import io.portcullis.core.login.LoginService;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.login.RefreshService;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.session.UserLockRepository;
import io.portcullis.core.termination.RedisFailurePolicy;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.ticket.TicketRepository;
import io.portcullis.core.ticket.TicketService;
import io.portcullis.core.token.SuccessorSeal;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.token.use.TokenUseRecorder;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.observe.TombstoneDelays;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the services of the core. Methods that block do so on the starting thread, before the server listens. */
@Configuration(proxyBeanMethods = false)
class CoreConfiguration {
    private static final Logger log = LoggerFactory.getLogger(CoreConfiguration.class);

    private static final int SEEDING_BYTES = 16;
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /**
     * Creates the only source of random numbers. A DRBG computes in memory, while the platform's default would read
     * {@code /dev/urandom} under a lock on each event loop that creates a token. A DRBG seeds itself on first use, which blocks,
     * so this method draws the first bytes on the starting thread.
     */
    @Bean
    SecureRandom secureRandom() throws NoSuchAlgorithmException {
        SecureRandom random = SecureRandom.getInstance("DRBG");
        random.nextBytes(new byte[SEEDING_BYTES]);
        return random;
    }

    @Bean
    TokenCodec tokenCodec(TokenKeys keys, MigrationProperties migration, Clock clock, SecureRandom random) {
        Instant importedUntil = migration.importedUntil();
        if (importedUntil != null) {
            log.info("Imported tokens pass until {} (portcullis.migration.accept-tokens-until)", importedUntil);
        }
        return new TokenCodec(keys.ring(), clock, random, importedUntil);
    }

    @Bean(destroyMethod = "close")
    PasswordHasher passwordHasher(AccountProperties properties) {
        return PasswordHasher.create(properties.password().bcryptCost());
    }

    @Bean
    LoginThrottle loginThrottle(LoginProperties properties, Clock clock) {
        return new LoginThrottle(properties.limits(), clock);
    }

    @Bean
    AuthServices.Ports ports(
            Transactions transactions,
            @Qualifier(RecoveryConfiguration.MYSQL_WRITES) WriteOutcomes mysqlWrites,
            AccountRepository accounts,
            PasswordHasher hasher,
            LoginThrottle throttle,
            SessionRepository sessions,
            TokenRepository tokens,
            AccessTokenCache cache,
            LoginLogRepository loginLog,
            SessionEndListener endListener,
            UserLockRepository userLocks,
            ClientDirectory clients,
            TombstoneDelays tombstones) {
        var reporting = new ReportingTransactions(transactions, mysqlWrites);
        return new AuthServices.Ports(
                reporting,
                accounts,
                hasher,
                throttle,
                sessions,
                tokens,
                cache,
                loginLog,
                endListener,
                userLocks,
                clients,
                tombstones.byEnd());
    }

    @Bean
    TenantRules tenantRules(AdminProperties properties) {
        return properties.rules();
    }

    @Bean
    AuthServices authServices(
            AuthServices.Ports ports,
            TokenCodec codec,
            LifetimeProperties properties,
            AccountProperties account,
            LogoutProperties logout,
            DegradedMode degraded,
            MysqlProperties mysql,
            TenantRules tenantRules,
            Clock clock,
            SecureRandom random) {
        return AuthServices.of(
                ports,
                codec,
                new SuccessorSeal(random),
                properties.lifetimes(),
                account.password().policy(),
                new RedisFailurePolicy(logout.whenRedisFails(), degraded),
                properties.session().limits(),
                tenantRules,
                mysql.refreshLimits(),
                new TimeOrderedIds(clock, random),
                clock);
    }

    @Bean
    TicketService ticketService(
            AuthServices.Ports ports,
            TokenCodec codec,
            TicketRepository tickets,
            TicketProperties properties,
            TokenUseRecorder uses,
            Clock clock) {
        return new TicketService(
                codec, ports.transactions(), ports.sessions(), tickets, properties.settings(), uses, clock);
    }

    @Bean
    LoginService loginService(AuthServices services) {
        return services.login();
    }

    @Bean
    ExternalLoginService externalLoginService(AuthServices services) {
        return services.externalLogin();
    }

    @Bean
    RefreshService refreshService(AuthServices services) {
        return services.refresh();
    }

    @Bean
    LogoutService logoutService(AuthServices services) {
        return services.logout();
    }

    @Bean
    SessionTerminator sessionTerminator(AuthServices services) {
        return services.terminator();
    }

    @Bean
    AccountService accountService(AuthServices services) {
        return services.accounts();
    }

    /** Creates the first administrator before the server listens, so that the first login finds the account. */
    @Bean
    InitializingBean bootstrapAdmin(
            BootstrapAdminProperties properties, AccountProperties source, AccountService accounts) {
        String username = properties.username();
        String password = properties.password();
        boolean elsewhere = source.query() != null;
        return () -> {
            if (username != null && elsewhere) {
                log.warn(
                        "Ignoring portcullis.bootstrap-admin: portcullis.account.query selects accounts of another table");
            } else if (username != null && password != null) {
                accounts.bootstrap(username, password)
                        .onErrorMap(
                                CoreConfiguration::isRefused,
                                e -> new IllegalArgumentException("portcullis.bootstrap-admin: " + e.getMessage()))
                        .block(START_LIMIT);
            }
        };
    }

    /** Tells whether the username or the password of the first administrator is against the rules. */
    private static boolean isRefused(Throwable failure) {
        return failure instanceof PortcullisException refusal && refusal.code() == ErrorCode.BAD_REQUEST;
    }
}
