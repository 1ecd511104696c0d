package io.portcullis.gateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.event.DeliverySettings;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class WebhookPropertiesTests {
    private static final String PREFIX = "portcullis.events.webhook.";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(OnlyProperties.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(WebhookProperties.class)
    static class OnlyProperties {}

    @Test
    void propertiesWhenTheUrlIsMissingOrEmptyThenThereIsNoReceiver() {
        runner.run(context ->
                assertThat(context.getBean(WebhookProperties.class).url()).isNull());
        runner.withPropertyValues(PREFIX + "url=", PREFIX + "secret=short")
                .run(context -> assertThat(
                                context.getBean(WebhookProperties.class).url())
                        .isNull());
    }

    @Test
    void propertiesWhenNoneIsWrittenThenAsDocumented() {
        runner.run(context -> {
            var properties = context.getBean(WebhookProperties.class);
            assertThat(properties.delivery())
                    .isEqualTo(new DeliverySettings(
                            16,
                            Duration.ofMillis(500),
                            Duration.ofMinutes(10),
                            Duration.ofDays(3),
                            10,
                            Duration.ofSeconds(25)));
            assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(5));
            assertThat(properties.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
            assertThat(properties.deadLetterRetention()).isEqualTo(Duration.ofDays(30));
        });
    }

    @Test
    void propertiesWhenCompleteThenBoundAndNotPrinted() {
        runner.withPropertyValues(
                        PREFIX + "url=https://events.example.com/hook?key=abc",
                        PREFIX + "secret=" + SECRET,
                        PREFIX + "previous-secret=x" + SECRET)
                .run(context -> {
                    var properties = context.getBean(WebhookProperties.class);
                    assertThat(properties.secrets()).containsExactly(SECRET, "x" + SECRET);
                    assertThat(properties.toString()).doesNotContain(SECRET, "abc");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret=0123456789abcdef         | secret has 16 characters (expected: 32 or more",
                "secret=                         | secret has 0 characters",
                "previous-secret=short           | previous-secret has 5 characters",
                "url=ftp://events.example.com/   | url is not valid (expected: an absolute https or http URL",
                "url=events.example.com          | url is not valid",
                "url=https:///hook               | url is not valid",
                "url=https://u:p@example.com/    | url is not valid",
                "url=https://example.com/#x      | url is not valid",
                "url=https://exa mple.com/       | url is not valid",
                "authorization=receiver-token    | authorization is not valid (expected: a scheme, a space and credentials",
                "authorization=Bearer é          | authorization is not valid",
                "timeout=0s                      | timeout: PT0S (expected: more than zero",
                "timeout=2m                      | timeout: PT2M (expected: 1m or less",
                "connect-timeout=-1s             | connect-timeout: PT-1S",
                "poll-interval=0s                | poll-interval: PT0S",
                "concurrency=0                   | concurrency: 0 (expected: 1 to 256",
                "concurrency=257                 | concurrency: 257",
                "max-refusals=0                  | max-refusals: 0 (expected: 1 or more",
                "max-backoff=10                  | max-backoff: PT0.01S (expected: 1s or more",
                "give-up-after=5m                | give-up-after: PT5M (expected: longer than",
                "dead-letter-retention=1d        | dead-letter-retention: PT24H (expected: longer than",
            })
    void propertiesWhenOneIsWrongThenTheStartStopsWithASentence(String property, String sentence) {
        runner.withPropertyValues(PREFIX + "url=https://events.example.com/", PREFIX + "secret=" + SECRET)
                .withPropertyValues(PREFIX + property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith(PREFIX)
                        .hasMessageContaining(sentence)
                        .message()
                        .doesNotContain("u:p"));
    }

    @Test
    void propertiesWhenEventsAreTokensThenNoSecretIsNeededAndNothingSecretIsPrinted() {
        tokens("audience=https://events.example.com", "authorization=Bearer some-receiver-token")
                .run(context -> {
                    var properties = context.getBean(WebhookProperties.class);
                    assertThat(properties.format()).isEqualTo(WebhookFormat.SECURITY_EVENT_TOKEN);
                    assertThat(properties.audience()).isEqualTo("https://events.example.com");
                    assertThat(properties.authorization()).isEqualTo("Bearer some-receiver-token");
                    assertThat(properties.toString()).doesNotContain("some-receiver-token");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audience=        | audience: missing (expected with format: security-event-token: the name",
                "audience=a b     | audience: a b (expected",
                "audience=ht!tp:x | audience: ht!tp:x (expected",
                "secret=short     | secret has 5 characters",
            })
    void propertiesWhenEventsAreTokensAndOneIsWrongThenTheStartStopsWithASentence(String property, String sentence) {
        tokens(property.startsWith("audience") ? property : "audience=receiver", property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith(PREFIX)
                        .hasMessageContaining(sentence));
    }

    private ApplicationContextRunner tokens(String... properties) {
        return runner.withPropertyValues(
                        PREFIX + "url=https://events.example.com/", PREFIX + "format=security-event-token")
                .withPropertyValues(
                        Stream.of(properties).map(property -> PREFIX + property).toArray(String[]::new));
    }
}
