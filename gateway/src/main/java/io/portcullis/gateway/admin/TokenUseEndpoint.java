package io.portcullis.gateway.admin;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.token.use.TokenUseFilter;
import io.portcullis.core.token.use.TokenUseRepository;
import io.portcullis.core.token.use.TokenUseSettings;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.problem.Envelope;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Serves the token uses: which access token was used from which address and when (docs/design.md section 14). */
@RestController
final class TokenUseEndpoint {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{8,64}");

    private final TokenUseRepository uses;
    private final TokenUseSettings settings;

    TokenUseEndpoint(@Administration TokenUseRepository uses, TokenUseSettings settings) {
        this.uses = uses;
        this.settings = settings;
    }

    /**
     * Answers with one page of the uses that match every given filter, the latest first. Times are in epoch milliseconds.
     *
     * @param ip the whole address in any spelling, the begin of addresses, or a block ({@link AddressParameter})
     * @param at a moment that the time from the first to the last use contains, give or take the flush interval
     * @param from the start of a time that overlaps the uses, inclusive; not together with {@code at}
     * @param to the end of that time, inclusive
     * @param accessTokenId the first 8 to 64 digits of the SHA-256 of the token, in hexadecimal
     */
    @GetMapping(path = "/system/token-use/page", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<PageBody<TokenUseBody>>> page(
            @RequestParam(required = false) @Nullable String ip,
            @RequestParam(required = false) @Nullable String at,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @Nullable String sessionId,
            @RequestParam(required = false) @Nullable String accessTokenId,
            @RequestParam(required = false) @Nullable String tenantId,
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize,
            @RequestParam(required = false) @Nullable String after,
            TenantScope tenants) {
        Range range = range(
                QueryParameters.instant("at", at),
                QueryParameters.instant("from", from),
                QueryParameters.instant("to", to));
        var filter = new TokenUseFilter(
                QueryParameters.tenant(tenantId, tenants),
                digest(accessTokenId),
                QueryParameters.sessionId(sessionId),
                QueryParameters.userId(userId),
                AddressParameter.of(ip),
                range.from(),
                range.to());
        PageQuery query = PageQuery.of(pageNo, pageSize, after, filter);
        return uses.page(filter, query.request()).map(page -> query.answer(page.map(TokenUseBody::of)));
    }

    private Range range(@Nullable Instant at, @Nullable Instant from, @Nullable Instant to) {
        if (at != null && (from != null || to != null)) {
            throw RequestFields.invalidField("at", "without from and to");
        }
        if (from != null && to != null && from.isAfter(to)) {
            throw RequestFields.invalidField("from", "no later than to");
        }
        return at == null
                ? new Range(from, to)
                : new Range(at.minus(settings.flushInterval()), at.plus(settings.flushInterval()));
    }

    private static @Nullable String digest(@Nullable String value) {
        String text = QueryParameters.text(value);
        if (text == null) {
            return null;
        }
        String digest = text.toLowerCase(Locale.ROOT);
        if (!DIGEST.matcher(digest).matches()) {
            throw RequestFields.invalidField("accessTokenId", "the first 8 to 64 hexadecimal digits of a digest");
        }
        return digest;
    }

    private record Range(@Nullable Instant from, @Nullable Instant to) {}
}
