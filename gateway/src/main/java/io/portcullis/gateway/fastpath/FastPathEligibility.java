package io.portcullis.gateway.fastpath;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.cloud.gateway.config.GatewayMetricsProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayObservationConvention;
import org.springframework.cloud.gateway.support.tagsprovider.GatewayTagsProvider;
import org.springframework.core.env.Environment;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.server.WebFilter;

/**
 * Decides whether the fast path may be used in this deployment. It may if the fast path implements everything that the filter
 * chain would do. A custom filter bean, a base path or additional meter tags switch it off for all requests.
 */
final class FastPathEligibility {
    private static final Logger log = LoggerFactory.getLogger(FastPathEligibility.class);
    private static final String OWN_PACKAGE = "io.portcullis.";
    private static final String LIBRARY = "org.springframework.cloud.gateway.";
    private static final String ACCESS_LOG = "reactor.netty.http.server.accessLogEnabled";
    private static final Set<String> GLOBAL_FILTERS = Set.of("NoLoadBalancerClientFilter");
    private static final Set<String> HEADER_FILTERS = Set.of(
            "ForwardedHeadersFilter",
            "XForwardedHeadersFilter",
            "RemoveForwardedHeadersFilter",
            "RemoveXForwardedHeadersFilter",
            "RemoveHopByHopHeadersFilter",
            "GRPCRequestHeadersFilter",
            "GRPCResponseHeadersFilter",
            "TransferEncodingNormalizationHeadersFilter",
            "ObservedRequestHttpHeadersFilter",
            "ObservedResponseHttpHeadersFilter");
    private static final Set<String> TAGS =
            Set.of("GatewayHttpTagsProvider", "GatewayRouteTagsProvider", "PropertiesTagsProvider");

    private final ListableBeanFactory beans;
    private final Environment environment;
    private final boolean enabled;
    private final boolean traced;

    /** @param traced whether requests are traced */
    FastPathEligibility(ListableBeanFactory beans, Environment environment, boolean enabled, boolean traced) {
        this.traced = traced;
        this.beans = beans;
        this.environment = environment;
        this.enabled = enabled;
    }

    /** Returns whether the fast path may be used, and logs the first obstacle if not. */
    boolean allows() {
        Optional<String> reason = findObstacle();
        reason.ifPresent(text -> log.info("Fast path: disabled, all requests take the filter chain ({})", text));
        return reason.isEmpty();
    }

    private Optional<String> findObstacle() {
        return Stream.<Optional<String>>of(
                        when(!enabled, "portcullis.fast-path.enabled is false"),
                        unsupportedBean(WebFilter.class, type -> isIn(type, LIBRARY + "filter")),
                        unsupportedBean(
                                GlobalFilter.class,
                                type -> isIn(type, LIBRARY + "filter") || isLibrary(type, GLOBAL_FILTERS)),
                        unsupportedBean(HttpHeadersFilter.class, type -> isLibrary(type, HEADER_FILTERS)),
                        unsupportedBean(GatewayTagsProvider.class, type -> isLibrary(type, TAGS)),
                        unsupportedBean(RouterFunction.class, type -> false),
                        unsupportedBean(HttpClientCustomizer.class, type -> false),
                        unsupportedBean(NettyServerCustomizer.class, type -> false),
                        when(
                                environment.getProperty("server.compression.enabled", Boolean.class, false),
                                "server.compression.enabled is true"),
                        when(Boolean.getBoolean(ACCESS_LOG), ACCESS_LOG + " is true"),
                        when(
                                "native".equalsIgnoreCase(environment.getProperty("server.forward-headers-strategy")),
                                "server.forward-headers-strategy is native"),
                        when(
                                !beans.getBean(GatewayMetricsProperties.class)
                                        .getTags()
                                        .isEmpty(),
                                "spring.cloud.gateway.server.webflux.metrics.tags is set"),
                        when(
                                StringUtils.hasText(environment.getProperty("spring.webflux.base-path")),
                                "spring.webflux.base-path is set"),
                        whenTraced(ServerRequestObservationConvention.class),
                        whenTraced(GatewayObservationConvention.class))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The observations of the fast path have the gateway's own names and tags. */
    private Optional<String> whenTraced(Class<?> convention) {
        return traced ? unsupportedBean(convention, type -> false) : Optional.empty();
    }

    private <T> Optional<String> unsupportedBean(Class<T> kind, Predicate<Class<?>> known) {
        return beans.getBeansOfType(kind, true, false).values().stream()
                .<Class<?>>map(Object::getClass)
                .filter(type -> !type.getName().startsWith(OWN_PACKAGE) && !known.test(type))
                .map(type -> "custom " + kind.getSimpleName() + " " + type.getName())
                .findFirst();
    }

    private static boolean isIn(Class<?> type, String packageName) {
        return type.getPackageName().equals(packageName);
    }

    private static boolean isLibrary(Class<?> type, Set<String> names) {
        return type.getName().startsWith(LIBRARY) && names.contains(type.getSimpleName());
    }

    private static Optional<String> when(boolean condition, String reason) {
        return condition ? Optional.of(reason) : Optional.empty();
    }
}
