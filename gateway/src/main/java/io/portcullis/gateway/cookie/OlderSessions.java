package io.portcullis.gateway.cookie;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.session.ClientInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The sessions whose cookies a browser sends with a login. They end, as the cookies of the login replace theirs. */
public final class OlderSessions {
    private static final Logger log = LoggerFactory.getLogger(OlderSessions.class);

    /**
     * The time after the end of an older session in which a response may still begin to bring cookies of that session without a check,
     * see {@link CookieAuthentication#LATE}.
     */
    private static final Duration DELAY = CookieAuthentication.LATE.multipliedBy(2);

    private final LogoutService logout;
    private final PendingCookies pending;

    OlderSessions(LogoutService logout, PendingCookies pending) {
        this.logout = logout;
        this.pending = pending;
    }

    /**
     * Returns the ids of the sessions that {@link #end} will end. A login may end them before, if the user has too many sessions.
     *
     * @param tokens the tokens in the cookies
     */
    public Set<String> idsOf(List<String> tokens) {
        return logout.sessionsOf(tokens);
    }

    /**
     * Ends the sessions of the tokens with the reason {@code REPLACED_IN_BROWSER}. Completes also if a store fails, and logs it: the
     * new session is open, and its cookies replace the older ones. Completes so late that no response with cookies of an older
     * session follows (ADR 0025).
     *
     * @param tokens the tokens in the cookies
     * @param opened the new session
     */
    public Mono<Void> end(List<String> tokens, LoginResult opened, ClientInfo client) {
        if (tokens.isEmpty()) {
            return Mono.empty();
        }
        return Flux.fromIterable(tokens)
                .concatMap(token -> logout.replace(token, opened.userId(), client)
                        .doOnError(failure -> log.warn(
                                "Cannot end the older session of a browser that has logged in anew: {}",
                                RootCause.describeWithStore(failure)))
                        .onErrorComplete())
                .then(Mono.delay(DELAY))
                .thenMany(Flux.fromIterable(idsOf(tokens)).flatMap(pending::awaitSent))
                .then();
    }
}
