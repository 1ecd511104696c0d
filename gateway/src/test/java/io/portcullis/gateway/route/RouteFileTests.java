package io.portcullis.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.gateway.origin.AllowedOrigins;
import io.portcullis.gateway.startup.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.cloud.gateway.filter.factory.PrefixPathGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Tests that each mistake in a route file stops the start with the error, its place and the correction. */
class RouteFileTests {
    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";
    private static final String GOOD = "{id: a, uri: 'http://a', predicates: [Path=/a]}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{uri: 'http://a', predicates: [Path=/a]}                                       | has no id          | id: orders",
                "{id: '', uri: 'http://a', predicates: [Path=/a]}                               | has no id          | id: orders",
                "{id: b, predicates: [Path=/a]}                                                 | has no uri         | http://",
                "{id: b, uri: 'orders', predicates: [Path=/a]}                                  | scheme             | http://",
                "{id: b, uri: 'http://b/path', predicates: [Path=/a]}                           | path               | PrefixPath=/path",
                "{id: a, uri: 'http://b', predicates: [Path=/b]}                                | before it          | its own id",
                "{id: b, uri: 'http://b'}                                                       | no predicates      | Path=/orders/**",
                "{id: b, uri: 'http://b', predicate: [Path=/b]}                                 | Unknown key 'predicate' in route 'b' ( | Did you mean 'predicates'?",
                "{id: b, url: 'http://b', predicates: [Path=/b]}                                | Unknown key 'url' in route 'b' ( | Did you mean 'uri'?",
                "{id: b, uri: 'http://b', predicates: [Pfad=/b]}                                | 'Pfad'             | Path",
                "{id: b, uri: 'http://b', predicates: [Path=/b], filters: [StripPrefx=1]}       | 'StripPrefx'       | PrefixPath",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {role: [admin]}}     | 'role'             | roles",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {auth: maybe}}       | metadata           | required, optional, or none",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {roles: admin}}      | metadata           | roles: admin (expected: a list such as [admin, editor])",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {roles: []}}         | metadata           | a list such as",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {roles: ['']}}       | metadata           | a list such as",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {roles: {admin: y}}} | metadata           | a list such as",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {roles: [[admin]]}}  | metadata           | a list such as",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {auth: none, roles: [admin]}} | metadata  | auth: required",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {forward-token: yess}}        | metadata  | true or false",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {websocket: 2}}               | metadata  | true or false",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {login: 2}}                   | metadata  | true or false",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {login: true, websocket: true}} | metadata | one of them",
                "{id: b, uri: 'ws://b', predicates: [Path=/b], metadata: {login: true}}                  | WebSockets | http://login:8080",
                "{id: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, uri: 'http://b', predicates: [Path=/b], metadata: {login: true}} | 64 | shorter id",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {allowed-origins: ['a.com']}} | metadata  | https://app.example.com",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {allowed-origins: ['http://a.com/']}} | metadata | https://app.example.com",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {response-timeout: 2s}}      | response-timeout | milliseconds",
                "{id: b, uri: 'http://b', predicates: [{name: Path, arg: {a: /b}}]}                      | Unknown key 'predicates[0].arg | id, uri, predicates",
                "{id: b, uri: 'lb://orders', predicates: [Path=/b]}                                      | uri of lb://      | http://orders:8080",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {auht: none}}                 | unknown metadata 'auht' | Did you mean 'auth'?",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {budget: 3}}                  | unknown metadata 'budget' | begins with x-",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {response-timeout: 0}}        | response-timeout | milliseconds",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {response-timeout: -1}}       | response-timeout | milliseconds",
                "{id: b, uri: 'http://b', predicates: [Path=/b], metadata: {connect-timeout: -5}}        | connect-timeout  | milliseconds",
                "{id: b, uri: 'http://b', predicates: [Path=/b], order: first}                  | order              | config/routes.yaml"
            })
    void routeWhenMistakenThenRefusedWithWhatWhereAndWhatToWrite(String route, String what, String write)
            throws Exception {
        var environment = environment(ROUTES + ":\n  - " + GOOD + "\n  - " + route + "\n");

        var refusal = catchThrowableOfType(ConfigurationException.class, () -> check(environment));

        assertThat(refusal).as(route).isNotNull();
        assertThat(refusal.description()).contains(what).containsPattern("routes.yaml]?, line 3\\)");
        assertThat(refusal.action()).contains(write);
    }

    @Test
    void routesWhenBelowTheFormerNameThenRefused() throws Exception {
        var environment = environment("spring.cloud.gateway.routes:\n  - " + GOOD + "\n");

        var refusal = catchThrowableOfType(ConfigurationException.class, () -> check(environment));

        assertThat(refusal.action()).contains(ROUTES);
    }

    @Test
    void routesWhenNoneThenAccepted() throws Exception {
        check(environment("other: 1"));
    }

    @Test
    void metadataWhenAFilterOfTheOperatorsOwnReadsItThenAccepted() throws Exception {
        assertThat(rules("      auth: none\n      x-budget: 3\n      x-tags: {a: b}\n")
                        .auth())
                .isEqualTo(RouteRules.Auth.NONE);
    }

    @Test
    void routesWhenGivenByTheCommandLineThenThoseOfTheFileAreReplaced() throws Exception {
        var environment =
                environment(ROUTES + ":\n  - " + GOOD + "\n  - {id: a, uri: 'lb://x', predicate: [Path=/b]}\n");
        environment
                .getPropertySources()
                .addFirst(new SimpleCommandLinePropertySource(
                        "--" + ROUTES + "[0].id=c",
                        "--" + ROUTES + "[0].uri=http://c",
                        "--" + ROUTES + "[0].predicates[0]=Path=/c"));

        check(environment);
    }

    @Test
    void routesWhenGivenByTheEnvironmentThenThoseOfTheFileAreReplaced() throws Exception {
        var environment =
                environment(ROUTES + ":\n  - " + GOOD + "\n  - {id: a, uri: 'http://b', predicates: [Path=/b]}\n");
        environment(environment, Map.of("_0_ID", "c", "_0_URI", "http://c", "_0_PREDICATES_0", "Path=/c"));

        check(environment);
    }

    @Test
    void routesWhenTheEnvironmentHasAMistakeThenTheVariableIsNamed() throws Exception {
        var environment = environment(ROUTES + ":\n  - " + GOOD + "\n");
        environment(
                environment,
                Map.of(
                        "_0_ID",
                        "c",
                        "_0_URI",
                        "http://c",
                        "_0_PREDICATES_0",
                        "Path=/c",
                        "_0_FILTER_0",
                        "StripPrefix=1"));

        var refusal = catchThrowableOfType(ConfigurationException.class, () -> check(environment));

        assertThat(refusal.description()).contains("'filter' in route 'c'", "WEBFLUX_ROUTES_0_FILTER_0");
    }

    @Test
    void routesWhenASecondFileHasThemThenThoseOfTheFirstAreReplaced() throws Exception {
        var environment =
                environment(ROUTES + ":\n  - " + GOOD + "\n  - {id: a, uri: 'http://b', predicates: [Path=/b]}\n");
        var second = environment(
                ROUTES + ":\n  - {id: d, uri: 'http://d', predicates: [Path=/d], metadata: {auht: none}}\n");
        second.getPropertySources().stream()
                .filter(OriginTrackedMapPropertySource.class::isInstance)
                .forEach(source -> environment
                        .getPropertySources()
                        .addFirst(new OriginTrackedMapPropertySource(
                                "second", ((OriginTrackedMapPropertySource) source).getSource())));

        var refusal = catchThrowableOfType(ConfigurationException.class, () -> check(environment));

        assertThat(refusal.description()).contains("Route 'd'");
    }

    @Test
    void metadataWhenRealYamlThenBindsInTheShapeThatIsRead() throws Exception {
        RouteRules rules = rules("""
                      roles: [admin, editor]
                      forward-token: true
                      websocket: true
                      allowed-origins:
                        - https://app.example.com
                        - http://localhost:3000
                """);

        assertThat(rules.auth()).isEqualTo(RouteRules.Auth.REQUIRED);
        assertThat(rules.roles()).containsExactly("admin", "editor");
        assertThat(rules.forwardToken()).isTrue();
        assertThat(rules.webSocket()).isTrue();
        assertThat(rules.allowedOrigins())
                .isEqualTo(AllowedOrigins.parse(List.of("https://app.example.com", "http://localhost:3000")));
    }

    @Test
    void metadataWhenWrittenAsTheDocumentedDefaultsThenTheDefaults() throws Exception {
        RouteRules rules = rules("""
                      auth: required
                      forward-token: false
                      websocket: false
                      allowed-origins: []
                """);

        assertThat(rules).isEqualTo(RouteRules.of("route", Map.of()));
    }

    @Test
    void metadataWhenManyRolesThenAllOfThemInOrder() throws Exception {
        RouteRules rules = rules("      roles: [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11]\n");

        assertThat(rules.roles())
                .startsWith("r0", "r1", "r2")
                .endsWith("r10", "r11")
                .hasSize(12);
    }

    private static void environment(StandardEnvironment environment, Map<String, Object> variables) {
        Map<String, Object> all = new HashMap<>();
        variables.forEach((name, value) -> all.put("SPRING_CLOUD_GATEWAY_SERVER_WEBFLUX_ROUTES" + name, value));
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, all));
    }

    private static RouteRules rules(String metadata) throws IOException {
        var environment = environment(
                ROUTES + ":\n  - id: a\n    uri: http://a\n    predicates: [Path=/a]\n    metadata:\n" + metadata);
        check(environment);
        List<RouteDefinition> routes = Binder.get(environment)
                .bind(ROUTES, Bindable.listOf(RouteDefinition.class))
                .get();
        return RouteRules.of("route", routes.get(0).getMetadata());
    }

    private static void check(StandardEnvironment environment) {
        var beans = new DefaultListableBeanFactory();
        beans.registerBeanDefinition("path", new RootBeanDefinition(PathRoutePredicateFactory.class));
        beans.registerBeanDefinition("prefixPath", new RootBeanDefinition(PrefixPathGatewayFilterFactory.class));
        new RouteFileCheck(environment).postProcessBeanFactory(beans);
    }

    private static StandardEnvironment environment(String yaml) throws IOException {
        var environment = new StandardEnvironment();
        var file = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "routes.yaml");
        new YamlPropertySourceLoader().load("routes.yaml", file).forEach(environment.getPropertySources()::addLast);
        return environment;
    }
}
