package io.portcullis.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.GatewayApplication;
import io.portcullis.gateway.route.RouteRules;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that every shipped YAML file binds and has no unknown key. */
class ShippedConfigurationTests {
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final String ADDITIONAL = "META-INF/additional-spring-configuration-metadata.json";

    /**
     * A property that Spring Boot reads in {@code ConnectionFactoryHealthContributorAutoConfiguration} without metadata for it.
     */
    private static final Set<String> UNDESCRIBED = Set.of("management.health.r2dbc.enabled");

    /** The names of all properties on the class path. The second set has those below which any key is valid. */
    private static final Set<String> known = new HashSet<>();

    private static final Set<String> open = new HashSet<>();
    private static final List<JsonNode> own = new ArrayList<>();

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan(basePackageClasses = GatewayApplication.class)
    @EnableConfigurationProperties({
        R2dbcProperties.class,
        DataRedisProperties.class,
        GatewayProperties.class,
        HttpClientProperties.class
    })
    static class OnlyProperties {}

    @BeforeAll
    static void readMetadata() throws IOException {
        for (String name : List.of(METADATA, ADDITIONAL)) {
            for (var url : Collections.list(
                    ShippedConfigurationTests.class.getClassLoader().getResources(name))) {
                try (InputStream in = url.openStream()) {
                    new JsonMapper().readTree(in).path("properties").forEach(ShippedConfigurationTests::add);
                }
            }
        }
    }

    private static void add(JsonNode property) {
        String name = property.path("name").asString();
        String type = property.path("type").asString("");
        known.add(uniform(name));
        if (type.startsWith("java.util.Map") || type.startsWith("java.util.List")) {
            open.add(uniform(name));
        }
        if (name.startsWith("portcullis.")) {
            own.add(property);
        }
    }

    private static String uniform(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"src/main/resources/application.yaml", "../config/application.yaml", "../config/routes.yaml"})
    void yamlWhenItShipsThenEachOfItsKeysIsKnown(String path) throws Exception {
        Set<String> unknown = new TreeSet<>();
        for (var source : new YamlPropertySourceLoader().load(path, new FileSystemResource(path))) {
            for (String key : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                if (!isKnown(uniform(key))) {
                    unknown.add(key);
                }
            }
        }

        assertThat(unknown).isEmpty();
    }

    private static boolean isKnown(String key) {
        return known.contains(key)
                || UNDESCRIBED.contains(key)
                || open.stream().anyMatch(name -> key.startsWith(name + ".") || key.startsWith(name + "["));
    }

    @Test
    void yamlWhenReadAsTheGatewayReadsItThenAllOfItBinds() {
        try (var context = new SpringApplicationBuilder(OnlyProperties.class)
                .web(WebApplicationType.NONE)
                .run("--spring.config.additional-location=file:../config/")) {
            var routes = context.getBean(GatewayProperties.class).getRoutes();

            assertThat(routes).extracting("id").contains("api-echo", "public-echo");
            assertThat(routes)
                    .filteredOn(route -> "public-echo".equals(route.getId()))
                    .extracting(
                            route -> RouteRules.of("route", route.getMetadata()).auth())
                    .containsExactly(RouteRules.Auth.NONE);
            assertThat(context.getBean(R2dbcProperties.class).getUrl()).startsWith("r2dbc:mysql://");
            assertThat(context.getBean(DataRedisProperties.class).getPort()).isEqualTo(6379);
            assertThat(context.getBean(HttpClientProperties.class).getConnectTimeout())
                    .isEqualTo(2000);
        }
    }

    /** The shipped file states the defaults, so it must not differ from those in the code. */
    @Test
    void yamlWhenItShipsThenSaysTheDefaults() {
        try (var shipped = new SpringApplicationBuilder(OnlyProperties.class)
                        .web(WebApplicationType.NONE)
                        .run("--spring.config.additional-location=file:../config/");
                var bare = new SpringApplicationBuilder(OnlyProperties.class)
                        .web(WebApplicationType.NONE)
                        .run()) {
            assertThat(shipped.getBeansOfType(Record.class))
                    .hasSizeGreaterThan(10)
                    .isEqualTo(bare.getBeansOfType(Record.class));
        }
    }

    @Test
    void metadataWhenGeneratedThenDescribesEachPropertyOfTheGateway() {
        assertThat(own).hasSizeGreaterThan(15);
        assertThat(own)
                .allSatisfy(property -> assertThat(property.path("description").asString(""))
                        .as(property.path("name").asString())
                        .isNotBlank()
                        .doesNotContain("{@"));
    }
}
