package io.portcullis.gateway.cors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.gateway.origin.Origin;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.server.PathContainer;
import org.springframework.web.cors.CorsConfiguration;

class CorsRulesTests {
    private static CorsConfiguration rule(boolean credentials, String... origins) {
        CorsConfiguration rule = new CorsConfiguration();
        rule.setAllowedOrigins(List.of(origins));
        rule.setAllowCredentials(credentials);
        return rule;
    }

    private static CorsRules.Decision decide(CorsRules rules, String path, @Nullable String origin) {
        return decide(rules, path, origin == null ? List.of() : List.of(origin));
    }

    private static CorsRules.Decision decide(CorsRules rules, String path, List<String> origins) {
        return rules.decide(
                PathContainer.parsePath(path), "GET", origins, () -> Origin.parse("http://gateway.example:8080"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://friend.example,true,https://friend.example",
        "https://friend.example:443,true,https://friend.example:443",
        "HTTPS://FRIEND.example,true,HTTPS://FRIEND.example",
        "https://xn--mnchen-3ya.example,true,https://xn--mnchen-3ya.example",
        "http://[2001:db8::1]:8080,true,http://[2001:db8::1]:8080",
        "https://friend.example:8443,false,",
        "http://friend.example,false,",
        "https://friend.example.,false,",
        "https://friend.example/,false,",
        "https://user@friend.example,false,",
        "https://m\u00fcnchen.example,false,",
        "https://friend.example https://friend.example,false,",
        "'',false,",
        "https://elsewhere.example,false,",
        "null,false,",
        "http://gateway.example:8080,true,",
        "https://gateway.example:8080,true,",
        "http://gateway.example,false,"
    })
    void decideWhenThereIsARuleThenByTheOrigin(String origin, boolean allowed, @Nullable String named) {
        CorsRules rules = new CorsRules();
        rules.use(Map.of(
                "/a/**",
                rule(true, "https://friend.example", "https://M\u00dcNCHEN.example:443", "http://[2001:DB8::1]:8080")));

        CorsRules.Decision decision = decide(rules, "/a/b", origin);

        assertThat(decision.allowed()).isEqualTo(allowed);
        assertThat(decision.headers().get("Access-Control-Allow-Origin")).isEqualTo(named);
        assertThat(decision.headers()).containsEntry("Vary", "Origin");
    }

    @Test
    void decideWhenThereAreTwoOriginsThenRefused() {
        CorsRules rules = new CorsRules();
        rules.use(Map.of("/a/**", rule(true, "https://friend.example")));

        assertThat(decide(rules, "/a/b", List.of("https://friend.example", "https://friend.example"))
                        .allowed())
                .isFalse();
        assertThat(decide(rules, "/a/b", List.of("http://gateway.example:8080", "https://elsewhere.example"))
                        .allowed())
                .isFalse();
    }

    @Test
    void decideWhenEveryOriginIsAllowedThenNoneIsNamed() {
        CorsRules rules = new CorsRules();
        rules.use(Map.of("/**", rule(false, "*")));

        for (String origin : List.of("https://any.example", "null", "capacitor://localhost")) {
            assertThat(decide(rules, "/a", origin).headers()).containsEntry("Access-Control-Allow-Origin", "*");
        }
    }

    @Test
    void decideWhenSeveralRulesMatchThenTheMostSpecific() {
        CorsRules rules = new CorsRules();
        rules.use(Map.of("/**", rule(false, "https://all.example"), "/a/**", rule(false, "https://a.example")));

        assertThat(decide(rules, "/a/b", "https://a.example").allowed()).isTrue();
        assertThat(decide(rules, "/a/b", "https://all.example").allowed()).isFalse();
        assertThat(decide(rules, "/b", "https://all.example").allowed()).isTrue();
        rules.use(Map.of());
        assertThat(decide(rules, "/b", "https://other.example").headers()).isEmpty();
    }

    @Test
    void useWhenEveryOriginMaySendCredentialsThenRefused() {
        Map<String, CorsConfiguration> open = Map.of("/**", rule(true, "*"));
        CorsConfiguration patterns = new CorsConfiguration();
        patterns.setAllowedOriginPatterns(List.of("*"));
        patterns.setAllowCredentials(true);
        CorsRules rules = new CorsRules();

        rules.use(open);

        assertThat(rules.isEmpty()).isTrue();
        assertThatThrownBy(() -> CorsRules.require(open)).hasMessageContaining("Name the origins");
        assertThatThrownBy(() -> CorsRules.require(Map.of("/a", patterns))).hasMessageContaining("/a");
        CorsRules.require(Map.of("/**", rule(false, "*")));
    }
}
