package io.portcullis.gateway.config;

import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.identity.IdentityKeys;
import io.portcullis.core.identity.IdentityTokens;
import io.portcullis.core.identity.SecurityEventTokens;
import io.portcullis.core.r2dbc.CurrentTimeSql;
import io.portcullis.core.r2dbc.R2dbcDatabaseClock;
import io.portcullis.core.r2dbc.R2dbcIdentityKeyRepository;
import io.portcullis.core.r2dbc.R2dbcLeaseRepository;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.route.RoutePreparation;
import io.portcullis.gateway.route.RouteRules;
import io.portcullis.gateway.startup.ConfigurationException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Creates the signed identity (docs/adr/0039). It starts with the first route that asks for it: before the server listens, or in the
 * background if the routes change at run time. Without such a route there is no thread, and no key and no read of MySQL unless session
 * events are security event tokens.
 */
@Configuration(proxyBeanMethods = false)
class IdentityTokenConfiguration {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    @Bean(destroyMethod = "close")
    IdentityKeys identityKeys(
            DatabaseClient client,
            Transactions transactions,
            IdentityTokenProperties properties,
            Clock clock,
            SecureRandom random) {
        return new IdentityKeys(
                new R2dbcIdentityKeyRepository(client),
                new R2dbcLeaseRepository(client, transactions),
                transactions,
                new R2dbcDatabaseClock(client, CurrentTimeSql.SERVER),
                properties.rotationPeriod(),
                new TimeOrderedIds(clock, random),
                clock);
    }

    @Bean(destroyMethod = "close")
    IdentityTokens identityTokens(IdentityKeys keys, IdentityTokenProperties properties, Clock clock) {
        return new IdentityTokens(keys, properties.settings(), clock);
    }

    @Bean
    SecurityEventTokens securityEventTokens(IdentityKeys keys, IdentityTokenProperties properties, Clock clock) {
        return new SecurityEventTokens(keys, properties.issuer(), clock);
    }

    @Bean
    SmartInitializingSingleton identityTokenStart(RouteLocator routes, IdentityTokens tokens) {
        return () -> startIfNeeded(routes, tokens)
                .timeout(START_LIMIT, Mono.error(IdentityTokenConfiguration::noKey))
                .block();
    }

    @Bean
    ApplicationListener<RefreshRoutesResultEvent> identityTokenRefresh(RouteLocator routes, IdentityTokens tokens) {
        return event -> {
            var unused = BackgroundWork.start("The start of the signed identity", startIfNeeded(routes, tokens));
        };
    }

    /** A reload that adds the first such route waits for the key, so that no request to the route is refused for its lack. */
    @Bean
    RoutePreparation identityTokenPreparation(IdentityTokens tokens) {
        return routes -> routes.stream().anyMatch(each -> isSigned(String.valueOf(each.getId()), each.getMetadata()))
                ? tokens.start().timeout(START_LIMIT, Mono.error(IdentityTokenConfiguration::noKey))
                : Mono.empty();
    }

    private static Mono<Void> startIfNeeded(RouteLocator routes, IdentityTokens tokens) {
        return routes.getRoutes()
                .any(route -> isSigned(route.getId(), route.getMetadata()))
                .flatMap(needed -> needed ? tokens.start() : Mono.empty());
    }

    private static ConfigurationException noKey() {
        return new ConfigurationException(
                "This node has no key for the signed identity after " + START_LIMIT.toSeconds() + " s.",
                "Look for warnings about identity keys above, and check that MySQL answers and that the database user may"
                        + " read and change the tables identity_key and lease.");
    }

    private static boolean isSigned(String routeId, Map<String, Object> metadata) {
        return RouteRules.of(routeId, metadata).identityAudience() != null;
    }
}
