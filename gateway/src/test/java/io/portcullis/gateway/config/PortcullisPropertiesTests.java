package io.portcullis.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.PasswordPolicy;
import io.portcullis.core.login.SessionLimits;
import io.portcullis.core.login.WhenFull;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.ticket.TicketSettings;
import io.portcullis.core.token.use.TokenUseSettings;
import io.portcullis.gateway.GatewayApplication;
import io.portcullis.gateway.authentication.AuthenticationProperties;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.cookie.CookieProperties;
import io.portcullis.gateway.cookie.SameSite;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class PortcullisPropertiesTests {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(OnlyProperties.class);

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan(basePackageClasses = GatewayApplication.class)
    static class OnlyProperties {}

    @Test
    void defaultsWhenNothingIsWrittenThenAsDocumented() {
        runner.run(context -> {
            var lifetimes = context.getBean(LifetimeProperties.class);
            var janitor = context.getBean(JanitorProperties.class);
            var cookies = context.getBean(CookieProperties.class);
            var account = context.getBean(AccountProperties.class);
            assertThat(lifetimes.token().accessTtl()).isEqualTo(Duration.ofMinutes(30));
            assertThat(lifetimes.token().refreshTtl()).isEqualTo(Duration.ofDays(30));
            assertThat(lifetimes.token().keys()).isEmpty();
            assertThat(lifetimes.session().maxLifetime()).isEqualTo(Duration.ofDays(90));
            assertThat(lifetimes.session().limits()).isEqualTo(SessionLimits.NONE);
            assertThat(lifetimes.refresh().grace()).isEqualTo(Duration.ofSeconds(10));
            assertThat(janitor.enabled()).isTrue();
            assertThat(janitor.interval()).isEqualTo(Duration.ofMinutes(1));
            assertThat(janitor.batchSize()).isEqualTo(500);
            assertThat(janitor.tokenRetention()).isEqualTo(Duration.ofDays(1));
            assertThat(janitor.sessionRetention()).isEqualTo(Duration.ofDays(30));
            assertThat(context.getBean(AuditProperties.class).loginLogRetention())
                    .isEqualTo(Duration.ofDays(180));
            assertThat(context.getBean(ShutdownProperties.class).drainDelay()).isZero();
            assertThat(context.getBean(AuthenticationProperties.class).tokenParameter())
                    .isTrue();
            assertThat(context.getBean(AuthenticationProperties.class).ticketParameter())
                    .isTrue();
            assertThat(context.getBean(TicketProperties.class).settings()).isEqualTo(TicketSettings.defaults());
            assertThat(context.getBean(TokenUseProperties.class).enabled()).isTrue();
            assertThat(context.getBean(TokenUseProperties.class).retention()).isEqualTo(Duration.ofDays(90));
            assertThat(context.getBean(TokenUseProperties.class).settings()).isEqualTo(TokenUseSettings.defaults());
            assertThat(cookies.cookies()).isEqualTo(CookieMode.OFF);
            assertThat(cookies.sameSite()).isEqualTo(SameSite.LAX);
            assertThat(cookies.allowedOrigins()).isEmpty();
            assertThat(context.getBean(BootstrapAdminProperties.class).username())
                    .isNull();
            assertThat(account.query()).isNull();
            assertThat(account.enabledValues()).containsExactly("ENABLED", "1", "TRUE");
            assertThat(account.password().policy()).isEqualTo(PasswordPolicy.defaults());
            assertThat(account.password().bcryptCost()).isEqualTo(10);
            assertThat(context.getBean(LoginProperties.class).limits()).isEqualTo(AttemptLimits.defaults());
        });
    }

    @ParameterizedTest
    @CsvSource({"reject, REJECT", "evict-oldest, EVICT_OLDEST"})
    void sessionLimitsWhenWrittenThenUnderstood(String whenFull, WhenFull expected) {
        runner.withPropertyValues(
                        "portcullis.session.max-per-user=5",
                        "portcullis.session.when-full=" + whenFull,
                        "portcullis.session.one-per-device-type=App,tablet")
                .run(context -> assertThat(context.getBean(LifetimeProperties.class)
                                .session()
                                .limits())
                        .isEqualTo(new SessionLimits(5, expected, Set.of("app", "tablet"))));
    }

    @ParameterizedTest
    @CsvSource({"off, OFF", "false, OFF", "on, ON", "true, ON", "only, ONLY", "ONLY, ONLY"})
    void cookiesWhenWrittenAsAModeOrAsABooleanThenUnderstood(String text, CookieMode mode) {
        runner.withPropertyValues("portcullis.http.cookies=" + text)
                .run(context -> assertThat(
                                context.getBean(CookieProperties.class).cookies())
                        .isEqualTo(mode));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "token.access-ttl=0s                 | portcullis.token.access-ttl: PT0S (expected: 1s or more",
                "token.access-ttl=30                 | such as 30m",
                "token.access-ttl=soon               | 'soon' is not a valid duration",
                "token.refresh-ttl=-1d               | portcullis.token.refresh-ttl",
                "token.refresh-ttl=10m               | longer than portcullis.token.access-ttl",
                "token.refresh-ttl=30m               | longer than portcullis.token.access-ttl",
                "token.keys=secret                   | openssl rand -base64 32",
                "token.keys=%%%                      | openssl rand -base64 32",
                "session.max-lifetime=0s             | portcullis.session.max-lifetime",
                "session.max-lifetime=29m            | portcullis.token.access-ttl: PT30M (expected: no longer than portcullis.session.max-lifetime, which is PT29M)",
                "session.max-per-user=0              | portcullis.session.max-per-user: 0 (expected: 1 to 1000, such as 5, or no value for no limit)",
                "session.max-per-user=-1             | portcullis.session.max-per-user: -1 (expected: 1 to 1000",
                "session.max-per-user=1001           | portcullis.session.max-per-user: 1001 (expected: 1 to 1000",
                "session.max-per-user=many           | many",
                "session.when-full=ignore            | WhenFull",
                "session.one-per-device-type=app,my app | portcullis.session.one-per-device-type: 'my app' (expected: 1 to 64 letters",
                "session.one-per-device-type[0]=     | portcullis.session.one-per-device-type: '' (expected: 1 to 64 letters",
                "refresh.grace=-1s                   | portcullis.refresh.grace",
                "refresh.grace=2m                    | 0s to 60s",
                "logout.when-redis-fails=ignore      | WhenRedisFails",
                "bootstrap-admin.username=admin      | expected: both or none",
                "bootstrap-admin.password=some-pass  | expected: both or none",
                "account.query=SELECT 1              | :username",
                "account.enabled-values=             | such as ENABLED,1,TRUE",
                "account.password.min-length=7       | portcullis.account.password.min-length: 7 (expected: 8 to 64",
                "account.password.min-length=65      | expected: 8 to 64",
                "account.password.bcrypt-cost=9      | expected: 10 to 14",
                "account.password.bcrypt-cost=15     | expected: 10 to 14",
                "login.tenant-header=my tenant          | portcullis.login.tenant-header: my tenant (expected: the name of a header, such as tenant-id)",
                "admin.unrestricted-tenants=1,a\u0007b  | portcullis.admin.unrestricted-tenants",
                "login.failure-window=0s             | portcullis.login.failure-window: PT0S (expected: 1s or more",
                "login.failure-window=2h             | 1h or less",
                "login.max-failures=0                | portcullis.login.max-failures: 0 (expected: 1 or more, such as 10)",
                "login.max-failures-per-address=-1   | portcullis.login.max-failures-per-address: -1",
                "login.max-failures-per-account=many | many",
                "http.status-style=funny             | StatusStyle",
                "http.token-parameter=perhaps        | perhaps",
                "http.ticket-parameter=perhaps       | perhaps",
                "ticket.ttl=30                       | portcullis.ticket.ttl: PT0.03S (expected: 1s or more",
                "ticket.ttl=6m                       | portcullis.ticket.ttl: PT6M (expected: 1s to 5m)",
                "ticket.max-per-session=0            | portcullis.ticket.max-per-session: 0 (expected: 1 or more, such as 20)",
                "identity-token.issuer=              | portcullis.identity-token.issuer:  (expected: a text without spaces, or a URI",
                "identity-token.issuer=a b           | portcullis.identity-token.issuer: a b (expected: a text without spaces",
                "identity-token.issuer=gateway:/ /   | portcullis.identity-token.issuer: gateway:/ / (expected: a text",
                "identity-token.issuer=1:2           | portcullis.identity-token.issuer: 1:2 (expected: a text without spaces",
                "identity-token.rotation-period=1h   | portcullis.identity-token.rotation-period: PT1H (expected: 6h to 3650d",
                "identity-token.max-cached=9         | portcullis.identity-token.max-cached: 9 (expected: 100 to 10000000",
                "token-use.flush-interval=5          | portcullis.token-use.flush-interval: PT0.005S (expected: 1s or more",
                "token-use.flush-interval=6m         | portcullis.token-use.flush-interval: PT6M (expected: 1s to 5m)",
                "token-use.retention=1h              | portcullis.token-use.retention: PT1H (expected: 2h or more",
                "token-use.max-pending=10            | portcullis.token-use.max-pending: 10 (expected: 1000 to 10000000",
                "token-use.max-per-session=0         | portcullis.token-use.max-per-session: 0 (expected: 1 or more, such as 100)",
                "http.cookies=perhaps                | perhaps",
                "http.same-site=none                 | SameSite",
                "http.allowed-origins=*              | portcullis.http.allowed-origins: * (expected: scheme and host",
                "http.allowed-origins=null           | portcullis.http.allowed-origins: null",
                "http.allowed-origins=https://a/     | portcullis.http.allowed-origins: https://a/",
                "http.allowed-origins=app.example    | portcullis.http.allowed-origins: app.example",
                "http.request-timeout=0s             | portcullis.http.request-timeout",
                "http.write-timeout=0s               | portcullis.http.write-timeout",
                "stream.max-per-session=0            | portcullis.stream.max-per-session: 0 (expected: 1 or more, such as 100)",
                "stream.max-calls-per-address=-1     | portcullis.stream.max-calls-per-address: -1",
                "stream.max-unchecked=30             | portcullis.stream.max-unchecked: PT0.03S (expected: 1s or more",
                "redis.command-timeout=0s            | portcullis.redis.command-timeout",
                "redis.write-timeout=0s              | portcullis.redis.write-timeout",
                "redis.tcp-user-timeout=0s           | portcullis.redis.tcp-user-timeout",
                "redis.wait-replicas=-1              | portcullis.redis.wait-replicas: -1 (expected: 0 for none",
                "redis.wait-timeout=2s               | less than portcullis.redis.write-timeout",
                "mysql.max-connections=1             | 2 or more",
                "mysql.max-connections=many          | many",
                "mysql.admin-connections=0            | 1 or more",
                "mysql.admin-statement-timeout=500ms  | 1s",
                "mysql.acquire-timeout=-1s           | portcullis.mysql.acquire-timeout",
                "mysql.validation-timeout=0s         | portcullis.mysql.validation-timeout",
                "mysql.connect-timeout=0s            | portcullis.mysql.connect-timeout",
                "mysql.statement-timeout=10ms        | 1s or more",
                "janitor.interval=0s                 | portcullis.janitor.interval",
                "janitor.batch-size=0                | portcullis.janitor.batch-size: 0 (expected: 1 to 5000",
                "janitor.batch-size=5001             | 1 to 5000",
                "janitor.token-retention=1           | portcullis.janitor.token-retention",
                "janitor.session-retention=0s        | portcullis.janitor.session-retention",
                "janitor.enabled=perhaps             | perhaps",
                "audit.login-log-retention=90        | such as 180d",
                "shutdown.drain-delay=-1s            | portcullis.shutdown.drain-delay",
                "shutdown.drain-delay=6m             | 0s to 5m",
                "mysql.lock-wait-timeout=10ms        | portcullis.mysql.lock-wait-timeout: PT0.01S (expected: 1s or more",
                "mysql.response-timeout=3s           | longer than portcullis.mysql.statement-timeout, which is PT3S",
                "mysql.lock-wait-timeout=7s          | longer than portcullis.mysql.lock-wait-timeout, which is PT7S",
                "mysql.tcp-user-timeout=0s           | portcullis.mysql.tcp-user-timeout",
                "mysql.check-timeout=0s              | portcullis.mysql.check-timeout",
                "migration.accept-tokens-until=soon  | soon (expected: a date such as 2027-01-31"
            })
    void propertyWhenBadThenASentenceSaysWhatToWrite(String property, String sentence, CapturedOutput output) {
        assertThat(startsWith(property)).isFalse();

        awaitFailure(output, sentence);
        assertThat(output).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "admin | short                | portcullis.bootstrap-admin.password",
                "' ad' | some-good-password   | portcullis.bootstrap-admin.username"
            })
    void bootstrapAdminWhenNoAccountCanBeSoThenToldSoWithoutThePassword(
            String username, String password, String sentence, CapturedOutput output) {
        assertThat(startsWith("bootstrap-admin.username=" + username, "bootstrap-admin.password=" + password))
                .isFalse();

        awaitFailure(output, sentence);
        assertThat(output).doesNotContain(password);
    }

    /** Waits for the output, because a separate thread writes the log. */
    private static void awaitFailure(CapturedOutput output, String sentence) {
        Await.until(
                () -> "logged: " + sentence + "; but was:\n" + output,
                Duration.ofSeconds(30),
                () -> output.getAll().contains("APPLICATION FAILED TO START")
                        && output.getAll().contains(sentence));
    }

    @Test
    void secretsWhenOneIsStoredThenItStandsWhereItIsListedOrLast() {
        byte[] stored = new byte[32];
        byte[] own = new byte[32];
        own[0] = 1;
        String configured = Base64.getEncoder().encodeToString(own);

        assertThat(secrets(stored)).containsExactly(stored);
        assertThat(secrets(stored, configured)).containsExactly(own, stored);
        assertThat(secrets(stored, "stored", configured)).containsExactly(stored, own);
        assertThat(secrets(null, configured)).containsExactly(own);
        assertThat(secrets(own, configured)).containsExactly(own);
    }

    private static List<byte[]> secrets(byte @Nullable [] stored, String... keys) {
        var properties =
                new TokenProperties(Duration.ofMinutes(30), Duration.ofDays(30), List.of(keys), List.of(), List.of());
        return properties.settings().order(stored == null ? List.of() : List.of(stored));
    }

    @Test
    void keysWhenBadThenNeverPrinted(CapturedOutput output) {
        assertThat(startsWith("token.keys=c2VjcmV0LXRvby1zaG9ydA==")).isFalse();

        awaitFailure(output, "portcullis.token.keys");
        assertThat(output).doesNotContain("c2VjcmV0LXRvby1zaG9ydA");
    }

    private static boolean startsWith(String... properties) {
        var application = new SpringApplication(OnlyProperties.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        var values = new LinkedHashMap<String, Object>();
        for (String property : properties) {
            int equals = property.indexOf('=');
            values.put("portcullis." + property.substring(0, equals), property.substring(equals + 1));
        }
        application.setDefaultProperties(values);
        try (var context = application.run()) {
            return context.isActive();
        } catch (RuntimeException e) {
            return false;
        }
    }
}
