package io.portcullis.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.gateway.startup.ConfigurationException;
import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.SetStatusGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.StripPrefixGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.AfterRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.validation.beanvalidation.OptionalValidatorFactoryBean;

/** Tests that invalid arguments of predicates and filters, which only their factories can validate, stop the start. */
class RouteStartCheckTests {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "After=tomorrow | StripPrefix=1    | predicate After",
                "Path=/b        | StripPrefix=one  | filter StripPrefix",
                "Path=/{b       | StripPrefix=1    | predicate Path",
            })
    void routeWhenAnArgumentDoesNotFitThenRefusedWithWhichAndWhere(String predicate, String filter, String culprit) {
        var refusal = catchThrowableOfType(
                ConfigurationException.class,
                () -> check(route("good", "Path=/a", "StripPrefix=1"), route("bad", predicate, filter)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.description())
                .startsWith("Route 'bad' (place 1) cannot be created: the arguments of its " + culprit + " are invalid")
                .doesNotContain("tomorrow", "one)", "{b");
    }

    @Test
    void routesWhenGoodThenAccepted() {
        check(route("a", "Path=/a", "StripPrefix=1"), route("b", "After=2020-01-01T00:00:00Z", "SetStatus=404"));
    }

    private static RouteDefinition route(String id, String predicate, String filter) {
        var route = new RouteDefinition();
        route.setId(id);
        route.setUri(URI.create("http://localhost"));
        route.setPredicates(List.of(new PredicateDefinition(predicate)));
        route.setFilters(List.of(new FilterDefinition(filter)));
        return route;
    }

    private static void check(RouteDefinition... routes) {
        var validator = new OptionalValidatorFactoryBean();
        validator.afterPropertiesSet();
        var creation = new RouteCreation(
                List.of(new AfterRoutePredicateFactory(), new PathRoutePredicateFactory(new WebFluxProperties())),
                List.of(new StripPrefixGatewayFilterFactory(), new SetStatusGatewayFilterFactory()),
                new GatewayProperties(),
                new ConfigurationService(
                        new StaticListableBeanFactory(), DefaultFormattingConversionService::new, () -> validator));
        var origins = IntStream.range(0, routes.length).mapToObj(i -> " (place " + i + ")");
        var configured = new ConfiguredRoutes(List.of(routes), origins.toList());
        new RouteStartCheck(creation, () -> configured).afterSingletonsInstantiated();
    }
}
