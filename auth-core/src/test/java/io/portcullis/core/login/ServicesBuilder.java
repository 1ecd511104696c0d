package io.portcullis.core.login;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.login.AuthServices.Ports;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.transaction.Transactions;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** Builds services on the connections of a {@link CoreNode} whose components partly differ from those of the node. */
final class ServicesBuilder {
    private final BiFunction<Ports, SessionLimits, AuthServices> wiring;
    private final Ports ports;
    private Transactions transactions;
    private AccountRepository accounts;
    private PasswordHasher hasher;
    private LoginThrottle throttle;
    private SessionRepository sessions;
    private AccessTokenCache cache;
    private SessionEndListener endListener;
    private SessionLimits limits = SessionLimits.NONE;

    /**
     * @param ports the ports of the node
     * @param throttle counts the attempts of these services, apart from those of the node
     */
    ServicesBuilder(BiFunction<Ports, SessionLimits, AuthServices> wiring, Ports ports, LoginThrottle throttle) {
        this.wiring = wiring;
        this.ports = ports;
        this.transactions = ports.transactions();
        this.accounts = ports.accounts();
        this.hasher = ports.hasher();
        this.throttle = throttle;
        this.sessions = ports.sessions();
        this.cache = ports.cache();
        this.endListener = ports.endListener();
    }

    ServicesBuilder transactions(Transactions changed) {
        transactions = changed;
        return this;
    }

    ServicesBuilder accounts(AccountRepository changed) {
        accounts = changed;
        return this;
    }

    ServicesBuilder hasher(PasswordHasher changed) {
        hasher = changed;
        return this;
    }

    ServicesBuilder throttle(LoginThrottle changed) {
        throttle = changed;
        return this;
    }

    ServicesBuilder endListener(SessionEndListener changed) {
        endListener = changed;
        return this;
    }

    ServicesBuilder limits(SessionLimits changed) {
        limits = changed;
        return this;
    }

    ServicesBuilder sessions(UnaryOperator<SessionRepository> change) {
        sessions = change.apply(ports.sessions());
        return this;
    }

    ServicesBuilder cache(UnaryOperator<AccessTokenCache> change) {
        cache = change.apply(ports.cache());
        return this;
    }

    AuthServices build() {
        return wiring.apply(
                new Ports(
                        transactions,
                        accounts,
                        hasher,
                        throttle,
                        sessions,
                        ports.tokens(),
                        cache,
                        ports.loginLog(),
                        endListener,
                        ports.userLocks(),
                        ports.clients(),
                        ports.tombstoneDelays()),
                limits);
    }
}
