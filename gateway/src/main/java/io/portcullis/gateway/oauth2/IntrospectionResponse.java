package io.portcullis.gateway.oauth2;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.portcullis.core.login.IntrospectionService.ActiveToken;
import io.portcullis.core.session.ClientUserId;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.TokenGrant;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response of the introspection endpoint (RFC 7662 section 2.2). Times are in epoch seconds.
 *
 * @param username the name of the user; missing if a client acts for itself
 * @param tokenType {@code Bearer} for an access token; missing for a refresh token
 * @param exp the expiry of the token. Its session may end before
 * @param iat the time of the issue; missing for a refresh token, and if the entry in Redis has format 1
 * @param sid the id of the session
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record IntrospectionResponse(
        boolean active,
        @Nullable String scope,
        @JsonProperty("client_id") @Nullable String clientId,
        @Nullable String username,
        @JsonProperty("token_type") @Nullable String tokenType,
        @Nullable Long exp,
        @Nullable Long iat,
        @Nullable String sub,
        @Nullable String iss,
        @Nullable String sid,
        @JsonProperty("user_type") @Nullable String userType,
        @Nullable String tenant,
        @Nullable List<String> roles) {
    static final IntrospectionResponse INACTIVE =
            new IntrospectionResponse(false, null, null, null, null, null, null, null, null, null, null, null, null);

    static IntrospectionResponse of(ActiveToken token, String issuer) {
        Identity identity = token.identity();
        TokenGrant grant = identity.grant();
        return new IntrospectionResponse(
                true,
                TokenResponse.scopeText(grant.scopes()),
                grant.clientId(),
                ClientUserId.isClient(identity.userId()) ? null : identity.username(),
                token.kind() == TokenKind.ACCESS ? "Bearer" : null,
                seconds(grant.expiresAt()),
                seconds(grant.issuedAt()),
                identity.userId(),
                issuer,
                identity.sessionId(),
                identity.userType(),
                identity.tenantId(),
                identity.roles().stream().sorted().toList());
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }
}
