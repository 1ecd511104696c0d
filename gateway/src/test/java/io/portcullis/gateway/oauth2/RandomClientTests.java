package io.portcullis.gateway.oauth2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.client.ClientCredentials;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.problem.OAuth2Exception;
import io.portcullis.testbed.RandomTexts;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

/** What holds for each way in which a client may present itself. */
class RandomClientTests {
    private static final String[] FRAGMENTS = {
        "%", "%zz", "%00", "%F0%9F", "+", "=", "&", ";", ":", " ", "\t", "\u00e9", "\u0000"
    };

    private static FormParameters read(String body) {
        var request = MockServerHttpRequest.post("/oauth2/token")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(body);
        return Objects.requireNonNull(
                FormParameters.read(MockServerWebExchange.from(request)).block());
    }

    private static ClientCredentials find(String authorization) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.AUTHORIZATION, authorization);
        ClientCredentials found = PresentedClient.find(headers, read("grant_type=client_credentials"));
        return Objects.requireNonNullElse(found, new ClientCredentials("", List.of()));
    }

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** Returns the text without unpaired surrogates, which have no encoding. */
    private static String encodable(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }

    @Test
    void formWhenItIsOfAnyTextThenItIsReadOrRefused() {
        RandomTexts.like(
                        "grant_type=refresh_token&refresh_token=pcr_x",
                        "token=pca_x&token_type_hint=access_token",
                        "grant_type=client_credentials&scope=a%20b+c&client_id=a&client_secret=b")
                .with(FRAGMENTS)
                .check(text -> {
                    try {
                        FormParameters form = read(text);
                        String token = form.find(FormParameters.TOKEN);
                        assertThat(form.toString()).doesNotContain("pca_", "pcr_");
                        assertThat(token == null || (!token.isEmpty() && token.length() <= 2_048))
                                .isTrue();
                        assertThat(form.scopes()).allMatch(scope -> !scope.isBlank());
                    } catch (OAuth2Exception | PortcullisException e) {
                        assertThat(e.getMessage()).doesNotContain("pca_", "pcr_");
                    }
                });
    }

    @Test
    void headerWhenItIsOfAnyTextThenItIsReadOrRefused() {
        RandomTexts.like("Basic YTpi", "basic  YTpi ", "Basic YQ==", "Basic", "Bearer pca_x", "Basic OmI=")
                .with(" ", "\t", "=", "==", "-", "_", "\u00e9", "Basic ")
                .check(text -> {
                    try {
                        assertThat(find(text).secrets()).hasSizeLessThanOrEqualTo(2);
                    } catch (OAuth2Exception e) {
                        assertThat(e.getMessage()).contains("expected");
                    }
                });
    }

    /** RFC 6749 section 2.3.1. */
    @Test
    void headerWhenItsPartsAreEncodedThenTheyAreRead() {
        RandomTexts.like("a", "client-1", "p%61ss+word", "s:e:c", "\u00e9\ud83d\ude80")
                .with(FRAGMENTS)
                .check(text -> {
                    String part = encodable(text);
                    String encoded = URLEncoder.encode(part, UTF_8);

                    ClientCredentials found = find(basic(encoded + ":" + encoded));

                    assertThat(found.id()).isEqualTo(part);
                    assertThat(part.isEmpty() || found.secrets().contains(part)).isTrue();
                });
    }

    /** Many clients send their secret as it is. */
    @Test
    void headerWhenItsSecretIsNotEncodedThenItIsRead() {
        RandomTexts.like("a", "p%61ss+word", "s:e:c", "%", "100%zz")
                .with(FRAGMENTS)
                .check(text -> {
                    String secret = encodable(text);

                    assertThat(secret.isEmpty()
                                    || find(basic("client:" + secret)).secrets().contains(secret))
                            .isTrue();
                });
    }
}
