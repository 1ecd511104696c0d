package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringReactiveOpaqueTokenIntrospector;

/** Nimbus' OAuth 2.0 SDK, and Spring Security's resource server for opaque tokens, unmodified, against the OAuth 2 endpoints. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OAuth2JavaClientsIT {
    private static final ClientID ID = new ClientID(OAuth2Clients.ID);
    private static final Secret SECRET = new Secret(OAuth2Clients.SECRET);

    private final Installation installation = new Installation();
    private String gateway = "";
    private AuthorizationServerMetadata metadata;

    static Stream<ClientAuthentication> methods() {
        return Stream.of(new ClientSecretBasic(ID, SECRET), new ClientSecretPost(ID, SECRET));
    }

    @BeforeAll
    void start() throws Exception {
        gateway = "http://localhost:" + installation.startNode(OAuth2Clients.arguments());
        metadata = AuthorizationServerMetadata.resolve(new Issuer(gateway));
    }

    @AfterAll
    void stop() {
        installation.close();
    }

    private TokenResponse issue(ClientAuthentication client, String scope) throws Exception {
        var request = new TokenRequest.Builder(metadata.getTokenEndpointURI(), client, new ClientCredentialsGrant())
                .scope(new Scope(scope))
                .build();
        return TokenResponse.parse(request.toHTTPRequest().send());
    }

    private AccessToken issued(ClientAuthentication client) throws Exception {
        return issue(client, "read").toSuccessResponse().getTokens().getAccessToken();
    }

    private TokenIntrospectionResponse introspect(ClientAuthentication client, AccessToken token) throws Exception {
        var request = new TokenIntrospectionRequest(metadata.getIntrospectionEndpointURI(), client, token);
        return TokenIntrospectionResponse.parse(request.toHTTPRequest().send());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void nimbusWhenTokenIsIssuedThenActiveUntilItIsRevoked(ClientAuthentication client) throws Exception {
        AccessToken token = issued(client);
        assertThat(token.getScope()).isEqualTo(new Scope("read"));
        assertThat(introspect(client, token).toSuccessResponse().isActive()).isTrue();

        var revocation = new TokenRevocationRequest(metadata.getRevocationEndpointURI(), client, token);
        assertThat(revocation.toHTTPRequest().send().getStatusCode()).isEqualTo(200);

        assertThat(introspect(client, token).toSuccessResponse().toJSONObject()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void nimbusWhenRequestIsRefusedThenTheErrorOfTheRfc(ClientAuthentication client) throws Exception {
        assertThat(issue(client, "everything")
                        .toErrorResponse()
                        .getErrorObject()
                        .getCode())
                .isEqualTo("invalid_scope");
        var refresh = new TokenRequest.Builder(
                        metadata.getTokenEndpointURI(), client, new RefreshTokenGrant(new RefreshToken("x")))
                .build();
        assertThat(TokenResponse.parse(refresh.toHTTPRequest().send())
                        .toErrorResponse()
                        .getErrorObject()
                        .getCode())
                .isEqualTo("unauthorized_client");
    }

    @Test
    void nimbusWhenSecretIsWrongThenInvalidClient() throws Exception {
        var error = issue(new ClientSecretBasic(ID, new Secret("wrong")), "read")
                .toErrorResponse()
                .getErrorObject();

        assertThat(error.getCode()).isEqualTo("invalid_client");
        assertThat(error.getHTTPStatusCode()).isEqualTo(401);
    }

    @Test
    void springWhenTokenIsActiveThenPrincipalWithItsScopes() throws Exception {
        String token = issued(new ClientSecretBasic(ID, SECRET)).getValue();
        OpaqueTokenIntrospector introspector = SpringOpaqueTokenIntrospector.withIntrospectionUri(
                        metadata.getIntrospectionEndpointURI().toString())
                .clientId(OAuth2Clients.ID)
                .clientSecret(OAuth2Clients.SECRET)
                .build();

        OAuth2AuthenticatedPrincipal principal = introspector.introspect(token);

        assertThat(principal.getName()).isEqualTo("client:" + OAuth2Clients.ID);
        assertThat(principal.getAuthorities()).extracting("authority").contains("SCOPE_read");
        Instant expiry = principal.getAttribute("exp");
        assertThat(expiry).isAfter(Instant.now());
        assertThatExceptionOfType(BadOpaqueTokenException.class).isThrownBy(() -> introspector.introspect("pca_x"));
    }

    /** The constructor's introspector does not encode the secret. */
    @Test
    @SuppressWarnings("removal")
    void reactiveSpringWhenSecretIsNotEncodedThenAuthenticatedAllTheSame() throws Exception {
        String token = issued(new ClientSecretBasic(ID, SECRET)).getValue();
        var introspector = new SpringReactiveOpaqueTokenIntrospector(
                metadata.getIntrospectionEndpointURI().toString(), OAuth2Clients.ID, OAuth2Clients.SECRET);

        OAuth2AuthenticatedPrincipal principal =
                Objects.requireNonNull(introspector.introspect(token).block());

        assertThat(principal.getName()).isEqualTo("client:" + OAuth2Clients.ID);
    }
}
