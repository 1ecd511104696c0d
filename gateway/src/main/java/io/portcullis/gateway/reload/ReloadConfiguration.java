package io.portcullis.gateway.reload;

import io.portcullis.gateway.route.RouteCreation;
import io.portcullis.gateway.route.RouteFileCheck;
import io.portcullis.gateway.route.RoutePreparation;
import io.portcullis.gateway.route.RoutesInForce;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

/** Creates the reload of the routes, and what is seen of it from outside. */
@Configuration(proxyBeanMethods = false)
class ReloadConfiguration {
    @Bean
    RouteReloadState routeReloadState(RouteFileCheck check, Clock clock) {
        return new RouteReloadState(check.atStart(), clock);
    }

    @Bean
    RouteReload routeReload(
            ConfigurableEnvironment running,
            ResourceLoader resources,
            RouteFileCheck check,
            RouteCreation creation,
            List<RoutePreparation> preparations,
            GatewayProperties gateway,
            ApplicationEventPublisher events,
            RoutesInForce inForce,
            RouteReloadState state) {
        return new RouteReload(
                running,
                new ConfigurationFiles(running, resources),
                check,
                creation,
                preparations,
                new RouteReplacement(gateway, events, inForce),
                state);
    }

    @Bean(destroyMethod = "close")
    RouteWatch routeWatch(RouteReload reload, RouteReloadProperties properties, Clock clock) {
        return new RouteWatch(reload, properties.interval(), clock);
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> routeWatchStart(RouteWatch watch, RouteReloadProperties properties) {
        return event -> {
            if (properties.enabled()) {
                watch.start();
            }
        };
    }

    @Bean
    RoutesHealthIndicator routesHealthIndicator(RouteReloadState state) {
        return new RoutesHealthIndicator(state);
    }

    @Bean
    RouteReloadMetrics routeReloadMetrics(RouteReloadState state) {
        return new RouteReloadMetrics(state);
    }
}
