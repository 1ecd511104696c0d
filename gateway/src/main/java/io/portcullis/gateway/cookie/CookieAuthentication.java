package io.portcullis.gateway.cookie;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.login.RefreshService;
import io.portcullis.core.login.SilentRefresh;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.connection.ResponseHeadListener;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Authenticates a request by its cookies, and refreshes the session when the access token is missing, expired, replaced or
 * invalid (silent refresh, ADR 0024). The new cookies are set on the response before the request is proxied, so they come with
 * whatever response follows. The request's body is not read.
 */
public final class CookieAuthentication {
    private static final Logger log = LoggerFactory.getLogger(CookieAuthentication.class);
    private static final int UNAUTHORIZED = 401;
    /**
     * The time after the start of a refresh from which on its cookies are checked before they are sent. Before, no access token of the
     * refresh expires, and {@link OlderSessions#end} delays the response to a login that ends the session.
     */
    static final Duration LATE = Duration.ofMillis(50);

    private static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private final BiFunction<String, Supplier<String>, Mono<Identity>> authenticator;
    private final RefreshService refreshes;
    private final RefreshAdmission admission;
    private final TokenCookies cookies;
    private final PendingCookies pending;

    /**
     * @param authenticator emits the identity that an access token stands for, or fails; never empty. Its second argument supplies the
     *     client's address
     */
    CookieAuthentication(
            BiFunction<String, Supplier<String>, Mono<Identity>> authenticator,
            RefreshService refreshes,
            RefreshAdmission admission,
            TokenCookies cookies,
            PendingCookies pending) {
        this.authenticator = authenticator;
        this.refreshes = refreshes;
        this.admission = admission;
        this.cookies = cookies;
        this.pending = pending;
    }

    /** Returns whether the request has a cookie with the form of a token. */
    public static boolean isPresent(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(HttpHeaders.COOKIE);
        return !GatewayCookies.accessTokens(values).isEmpty()
                || !GatewayCookies.refreshTokens(values).isEmpty();
    }

    /**
     * Emits the identity of the caller; never empty. If several cookies have the name of a token, the first that is accepted
     * decides. A refusal has status 401 and clears the cookies: with the reason for the end of the session, or with
     * {@code UNAUTHENTICATED} or another code if no cookie is usable. The refusal of a session that a newer login in this browser has
     * replaced, the failure of a store, and {@code TOO_MANY_CALLS} clear nothing.
     *
     * @param client the caller, for the session and the login log
     */
    public Mono<Identity> authenticate(ServerWebExchange exchange, ClientInfo client) {
        List<String> values = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.COOKIE);
        ServerHttpResponse response = exchange.getResponse();
        return firstAccepted(cookies.accessTokens(values), token -> authenticator.apply(token, client::ip))
                .onErrorResume(CookieAuthentication::isRefusal, refused -> {
                    long begun = System.nanoTime();
                    List<String> tokens = cookies.refreshTokens(values);
                    return tokens.isEmpty()
                            ? Mono.error(refused)
                            : admission
                                    .admit(client, () -> refreshSilently(tokens, client))
                                    .onErrorMap(CookieAuthentication::isRefusal, later -> clearer(refused, later))
                                    .doOnNext(result -> hand(result, begun, response))
                                    .flatMap(result -> authenticator.apply(
                                            result.login().tokens().access().value(), client::ip));
                })
                .doOnError(CookieAuthentication::clearsCookies, refused -> cookies.clear(response));
    }

    private Mono<SilentRefresh> refreshSilently(List<String> tokens, ClientInfo client) {
        return firstAccepted(tokens, token -> refreshes.refreshSilently(token, client));
    }

    /** Sets the new cookies. The grace window begins when they have been sent: the service may take long to answer. */
    private void hand(SilentRefresh refreshed, long begun, ServerHttpResponse response) {
        PendingCookies.Response sending = pending.of(refreshed.login().sessionId());
        cookies.set(response, refreshed.login());
        response.beforeCommit(() -> Mono.defer(() -> {
            sending.begin();
            return System.nanoTime() - begun < LATE.toNanos() ? Mono.empty() : withdrawIfReplaced(refreshed, response);
        }));
        ResponseHeadListener.onWritten(response, () -> {
            sending.end();
            refreshed.delivered().run();
        });
    }

    /**
     * Withdraws the cookies if their refresh token has been spent, or their session has ended. Then another response has brought the
     * browser newer cookies, or cleared them, which these would undo. Always completes.
     */
    private Mono<Void> withdrawIfReplaced(SilentRefresh refreshed, ServerHttpResponse response) {
        return refreshes
                .isLive(refreshed.login())
                .timeout(MAX_WAIT)
                .filter(live -> !live)
                .doOnNext(replaced -> cookies.withdraw(response, refreshed.login()))
                .onErrorResume(failure -> {
                    log.debug("Cannot tell whether the cookies of a late response are current: {}", failure.toString());
                    return Mono.empty();
                })
                .then();
    }

    /**
     * Emits the successor pair of the first refresh token that is accepted, and clears the cookies if all are refused. Errors as
     * {@link RefreshService#refresh}.
     *
     * @param tokens the texts in the cookies, of which at least one must exist
     */
    Mono<LoginResult> refreshOrClear(List<String> tokens, ClientInfo client, ServerHttpResponse response) {
        return firstAccepted(tokens, token -> refreshes.refresh(token, client))
                .doOnError(CookieAuthentication::clearsCookies, refused -> cookies.clear(response));
    }

    private static <T> Mono<T> firstAccepted(List<String> tokens, Function<String, Mono<T>> check) {
        return tokens.isEmpty()
                ? Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED))
                : accepted(tokens, 0, null, check);
    }

    /** @param told the refusal to emit if no further token is accepted, null for none */
    private static <T> Mono<T> accepted(
            List<String> tokens, int index, @Nullable Throwable told, Function<String, Mono<T>> check) {
        return check.apply(tokens.get(index)).onErrorResume(CookieAuthentication::isRefusal, refusal -> {
            Throwable clearer = told == null ? refusal : clearer(told, refusal);
            return index + 1 == tokens.size() ? Mono.error(clearer) : accepted(tokens, index + 1, clearer, check);
        });
    }

    /** Returns the refusal that says more to the user: the reason for the end of a session, else the later one. */
    private static Throwable clearer(Throwable earlier, Throwable later) {
        return isEnd(earlier) && !isEnd(later) ? earlier : later;
    }

    /** Returns whether a failure is the refusal of a token. Only then is the session over, or another token worth a try. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof PortcullisException known && known.code().httpStatus() == UNAUTHORIZED;
    }

    /**
     * Returns whether the response to a failure clears the cookies. A login in the same browser that replaced a session has set newer
     * cookies there. A refusal that arrives after them would clear them (ADR 0024).
     */
    private static boolean clearsCookies(Throwable failure) {
        return failure instanceof PortcullisException known
                && isRefusal(known)
                && known.code() != ErrorCode.SESSION_REPLACED_IN_BROWSER;
    }

    private static boolean isEnd(Throwable failure) {
        return failure instanceof PortcullisException known && known.code().isSessionEnd();
    }
}
