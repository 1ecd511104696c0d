package io.portcullis.gateway.loginservice;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.ExternalLogin;
import io.portcullis.core.login.ExternalLoginService;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.cookie.BrowserSessions;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.TokenCookies;
import io.portcullis.gateway.endpoint.TokenBody;
import io.portcullis.gateway.problem.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Opens the session of a login service, and answers in its stead (docs/login-services.md): after 2xx as the gateway's own login does, with
 * the service's JSON object as {@code data.service}; after a redirection with that redirection and the cookies.
 */
final class LoginServiceResponder {
    private static final Logger log = LoggerFactory.getLogger(LoginServiceResponder.class);

    /** The redirections that lead a browser elsewhere (RFC 9110 section 15.4). */
    private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 303, 307, 308);

    /** Headers that describe the body or the state of the service's resource. The session's response is another one. */
    private static final List<String> OF_THE_BODY = List.of(
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.CONTENT_ENCODING,
            HttpHeaders.CONTENT_LANGUAGE,
            HttpHeaders.CONTENT_DISPOSITION,
            HttpHeaders.CONTENT_LOCATION,
            HttpHeaders.CONTENT_RANGE,
            HttpHeaders.TRANSFER_ENCODING,
            HttpHeaders.TRAILER,
            HttpHeaders.ETAG,
            HttpHeaders.LAST_MODIFIED,
            HttpHeaders.ACCEPT_RANGES,
            HttpHeaders.EXPIRES,
            HttpHeaders.AGE,
            "Content-Digest",
            "Repr-Digest",
            "Digest",
            "Content-MD5");

    private final ExternalLoginService logins;
    private final CookieMode mode;
    private final TokenCookies cookies;
    private final BrowserSessions browserSessions;
    private final ClientInfoResolver clients;
    private final JsonMapper json;

    LoginServiceResponder(
            ExternalLoginService logins,
            CookieMode mode,
            TokenCookies cookies,
            BrowserSessions browserSessions,
            ClientInfoResolver clients,
            JsonMapper json) {
        this.logins = logins;
        this.mode = mode;
        this.cookies = cookies;
        this.browserSessions = browserSessions;
        this.clients = clients;
        this.json = json;
    }

    /**
     * Reads the body of the service's response, opens the session and writes the response. Errors: {@code BAD_GATEWAY} if the response is
     * not understood; {@link TimeoutException} if its body does not end in time; those of {@link ExternalLoginService#login}. On an error no
     * session is open, but for one whose opening MySQL did not confirm.
     *
     * @param exchange as it was received, with the gateway's cookies
     * @param bodyTimeout how long the body may take; null for no limit. The response timeout of the route ends at the headers
     * @param body the body of the service's response
     */
    Mono<Void> respond(
            ServerWebExchange exchange,
            String route,
            @Nullable Duration bodyTimeout,
            Publisher<? extends DataBuffer> body) {
        ServerHttpResponse response = exchange.getResponse();
        boolean redirects = isRedirection(response);
        Mono<ServiceBody> read = redirects ? ServiceBody.skip(body) : ServiceBody.read(response.getHeaders(), body);
        Mono<ServiceBody> inTime = bodyTimeout == null ? read : read.timeout(bodyTimeout);
        return inTime.flatMap(object -> open(exchange, route, redirects)
                        .flatMap(result -> write(
                                exchange,
                                redirects,
                                TokenBody.of(
                                        result, browserSessions.receivesTokens(exchange.getRequest()), object.json()))))
                .onErrorMap(LoginServiceException.class, wrong -> badGateway(route, wrong))
                .doOnError(failure -> discardHeaders(response));
    }

    private static boolean isRedirection(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        return status != null && status.is3xxRedirection();
    }

    /** Opens the session, and then ends the older ones of the same browser, as at the gateway's own login. Sets the cookies. */
    private Mono<LoginResult> open(ServerWebExchange exchange, String route, boolean redirects) {
        ServerHttpRequest request = exchange.getRequest();
        if (redirects) {
            requireRedirection(exchange.getResponse());
        }
        ExternalLogin login = LoginHeader.read(
                LoginHeaderFilter.valuesOf(exchange),
                clients.resolve(request),
                browserSessions.olderSessions(request),
                route);
        ClientInfo client = login.client();
        return logins.login(login)
                .delayUntil(result -> browserSessions.endOlder(request, result, client))
                .doOnNext(result -> cookies.set(exchange.getResponse(), result));
    }

    private void requireRedirection(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        if (mode == CookieMode.OFF) {
            throw new LoginServiceException(
                    "a redirection brings the tokens in cookies alone (expected: portcullis.http.cookies: on or only)");
        }
        if (status == null
                || !REDIRECTIONS.contains(status.value())
                || response.getHeaders().getOrEmpty(HttpHeaders.LOCATION).size() != 1) {
            throw new LoginServiceException(
                    "status " + status + " is no redirection (expected: 301, 302, 303, 307 or 308, and one Location)");
        }
    }

    private Mono<Void> write(ServerWebExchange exchange, boolean redirects, TokenBody body) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        OF_THE_BODY.forEach(headers::remove);
        headers.setCacheControl(CacheControl.noStore());
        if (redirects) {
            headers.setContentLength(0);
            return response.setComplete();
        }
        headers.remove(HttpHeaders.LOCATION);
        headers.setContentType(MediaType.APPLICATION_JSON);
        response.setStatusCode(HttpStatus.OK);
        byte[] bytes = json.writeValueAsBytes(Envelope.of(body));
        headers.setContentLength(bytes.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
    }

    private static PortcullisException badGateway(String route, LoginServiceException wrong) {
        log.warn("Route {}: the login service opened no session: {}", route, wrong.reason());
        return PortcullisException.of(ErrorCode.BAD_GATEWAY);
    }

    /** The headers of the service's success must not come with the failure. */
    private static void discardHeaders(ServerHttpResponse response) {
        if (!response.isCommitted()) {
            OF_THE_BODY.forEach(response.getHeaders()::remove);
            response.getHeaders().remove(HttpHeaders.LOCATION);
            response.getHeaders().remove(HttpHeaders.SET_COOKIE);
        }
    }
}
