package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.Token;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.store.Identity;
import reactor.core.publisher.Mono;

/** The calls of clients at a node. */
interface CoreCalls {
    AuthServices services();

    AccessTokenAuthenticator authenticator();

    /** Logs in; the login must succeed. */
    default LoginResult login(String username) {
        return login(username, CoreCluster.PASSWORD).get();
    }

    default Outcome<LoginResult> login(String username, String password) {
        return Outcome.of(services().login().login(new LoginRequest(username, password, CoreNode.CLIENT)));
    }

    default Mono<LoginResult> refreshing(Token refresh) {
        return services().refresh().refresh(refresh.value(), CoreNode.CLIENT);
    }

    /** Refreshes as the gateway does for a browser that presents this token in a cookie. */
    default Outcome<SilentRefresh> refreshSilently(Token refresh) {
        return Outcome.of(services().refresh().refreshSilently(refresh.value(), CoreNode.CLIENT));
    }

    default Outcome<LoginResult> refresh(Token refresh) {
        return Outcome.of(refreshing(refresh));
    }

    default Mono<Void> loggingOut(Token token) {
        return services().logout().logout(token.value(), CoreNode.CLIENT);
    }

    default Outcome<Void> logout(Token token) {
        return Outcome.of(loggingOut(token));
    }

    default Mono<Identity> checking(Token token) {
        return authenticator().authenticate(token.value(), CoreNode.CLIENT::ip);
    }

    /** Checks a token that is used from this address. */
    default Outcome<Identity> check(Token token, String ip) {
        return Outcome.of(authenticator().authenticate(token.value(), () -> ip));
    }

    /** Checks a token as the proxy does for each request. */
    default Outcome<Identity> check(Token token) {
        return Outcome.of(checking(token));
    }

    /** Logs out with the token, and asserts that the logout is not refused. */
    default void assertLogsOut(Token token) {
        assertThat(logout(token).error()).isNull();
    }
}
