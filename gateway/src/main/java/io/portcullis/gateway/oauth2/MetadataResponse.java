package io.portcullis.gateway.oauth2;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.portcullis.core.client.GrantType;
import io.portcullis.gateway.authentication.OAuth2Paths;
import java.util.Arrays;
import java.util.List;

/**
 * The metadata of the authorization server (RFC 8414 section 2).
 *
 * @param responseTypes empty, because there is no authorization endpoint. The field is required all the same
 */
record MetadataResponse(
        String issuer,
        @JsonProperty("token_endpoint") String tokenEndpoint,
        @JsonProperty("revocation_endpoint") String revocationEndpoint,
        @JsonProperty("introspection_endpoint") String introspectionEndpoint,
        @JsonProperty("response_types_supported") List<String> responseTypes,
        @JsonProperty("grant_types_supported") List<String> grantTypes,

        @JsonProperty("token_endpoint_auth_methods_supported")
        List<String> tokenMethods,

        @JsonProperty("revocation_endpoint_auth_methods_supported")
        List<String> revocationMethods,

        @JsonProperty("introspection_endpoint_auth_methods_supported")
        List<String> introspectionMethods) {
    private static final List<String> SECRET_METHODS = List.of("client_secret_basic", "client_secret_post");
    private static final List<String> ALL_METHODS = List.of("client_secret_basic", "client_secret_post", "none");

    static MetadataResponse of(String issuer) {
        return new MetadataResponse(
                issuer,
                issuer + OAuth2Paths.TOKEN,
                issuer + OAuth2Paths.REVOKE,
                issuer + OAuth2Paths.INTROSPECT,
                List.of(),
                Arrays.stream(GrantType.values()).map(GrantType::parameter).toList(),
                ALL_METHODS,
                ALL_METHODS,
                SECRET_METHODS);
    }
}
