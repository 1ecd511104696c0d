package io.portcullis.core.login;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.PasswordPolicy;
import io.portcullis.core.account.TenantRules;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.session.UserLockRepository;
import io.portcullis.core.termination.RedisFailurePolicy;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.throttle.PasswordVerifier;
import io.portcullis.core.token.SuccessorSeal;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenIssuer;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.util.function.Supplier;

/** The services of the protocol (login, login by a service, refresh, logout, end of sessions, accounts), wired to their ports. */
public record AuthServices(
        LoginService login,
        RefreshService refresh,
        LogoutService logout,
        SessionTerminator terminator,
        AccountService accounts,
        ExternalLoginService externalLogin,
        ClientSessionService clientSessions) {

    /**
     * The ports and components on which the services depend.
     *
     * @param tombstoneDelays receives the time from the start of an end to each of its tombstones
     */
    public record Ports(
            Transactions transactions,
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
            LatencyRecorder tombstoneDelays) {}

    /**
     * Creates the services.
     *
     * @param seal encrypts the successor pair in the row of a spent refresh token
     * @param policy the rules for new passwords
     * @param redisFailurePolicy decides about an end whose tombstone failed
     * @param limits the limits on the sessions of one user
     * @param tenantRules decide which accounts administer all tenants
     * @param refreshLimits the limits on refreshes that use MySQL at the same time
     * @param ids generates the ids of rows
     */
    public static AuthServices of(
            Ports ports,
            TokenCodec codec,
            SuccessorSeal seal,
            TokenLifetimes lifetimes,
            PasswordPolicy policy,
            RedisFailurePolicy redisFailurePolicy,
            SessionLimits limits,
            TenantRules tenantRules,
            RefreshLimits refreshLimits,
            Supplier<String> ids,
            Clock clock) {
        var transactions = ports.transactions();
        var issuer = new TokenIssuer(codec, lifetimes);
        var publisher = new AccessTokenPublisher(ports.cache(), redisFailurePolicy);
        var terminator = new SessionTerminator(
                transactions,
                ports.sessions(),
                ports.tokens(),
                ports.cache(),
                ports.loginLog(),
                ids,
                clock,
                redisFailurePolicy,
                ports.endListener(),
                ports.tombstoneDelays());
        var opener = new SessionOpener(
                ports.sessions(),
                ports.tokens(),
                ports.loginLog(),
                issuer,
                lifetimes,
                ids,
                transactions,
                new SessionLimiter(limits, ports.userLocks(), ports.sessions(), terminator, transactions, ids));
        var tokenSessions = new TokenSessions(ports.tokens());
        var rotation = new RefreshTokenRotation(
                ports.accounts(),
                ports.clients(),
                ports.sessions(),
                ports.tokens(),
                terminator,
                issuer,
                seal,
                lifetimes);
        var refreshes = new RefreshService(
                codec,
                tokenSessions,
                rotation,
                terminator,
                publisher,
                new DeliveryRecorder(ports.tokens(), transactions),
                refreshLimits,
                lifetimes,
                ids,
                clock);
        var passwords = new PasswordVerifier(
                ports.hasher(),
                ports.throttle(),
                transactions,
                ports.loginLog(),
                ids,
                clock,
                ports.accounts().limitsPasswordLength());
        return new AuthServices(
                new LoginService(
                        ports.accounts(),
                        ports.clients(),
                        passwords,
                        opener,
                        publisher,
                        new PasswordRehash(ports.hasher(), ports.accounts(), transactions),
                        clock),
                refreshes,
                new LogoutService(codec, tokenSessions, ports.sessions(), ports.cache(), terminator, lifetimes, clock),
                terminator,
                new AccountService(
                        ports.accounts(),
                        passwords,
                        ports.hasher(),
                        policy,
                        transactions,
                        ports.sessions(),
                        terminator,
                        new AccountAudit(ports.loginLog(), ids, clock),
                        tenantRules,
                        ids,
                        clock),
                new ExternalLoginService(
                        ports.accounts(), opener, publisher, ports.loginLog(), transactions, ids, clock),
                new ClientSessionService(ports.clients(), opener, publisher, clock));
    }
}
