package io.portcullis.gateway.observe;

import io.portcullis.core.clock.ClockMonitor;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.identity.IdentityTokens;
import io.portcullis.core.login.RefreshService;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.use.TokenUseFlush;
import java.util.List;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayObservationConvention;
import org.springframework.cloud.gateway.support.tagsprovider.GatewayHttpTagsProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;

/** Creates the meters and the health indicators, and bounds the tags of Spring's request meters. */
@Configuration(proxyBeanMethods = false)
class ObserveConfiguration {
    /** Replaces Spring Boot's convention. */
    @Bean
    ServerRequestObservationConvention serverRequestTags(ObservationProperties observations) {
        return new BoundedMeterTags.Server(
                observations.getHttp().getServer().getRequests().getName());
    }

    @Bean
    GatewayObservationConvention clientRequestTags() {
        return new BoundedMeterTags.Client();
    }

    /** Replaces the provider after its creation, because the gateway library creates it even if another one exists. */
    @Bean
    static BeanPostProcessor routeRequestTags() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean.getClass() == GatewayHttpTagsProvider.class ? new BoundedMeterTags.Route() : bean;
            }
        };
    }

    @Bean
    LoginMetrics loginMetrics(LoginThrottle throttle) {
        return new LoginMetrics(throttle);
    }

    @Bean
    StoresHealthIndicator storesHealthIndicator(
            List<StoreProbe> probes, DegradedMode degraded, WriteAvailability writeAvailability) {
        return new StoresHealthIndicator(probes, degraded, writeAvailability);
    }

    @Bean
    CoreMetrics coreMetrics(
            AccessTokenAuthenticator authenticator,
            DegradedMode degraded,
            WriteAvailability writeAvailability,
            ActiveTransactions transactions,
            SessionTerminator terminator) {
        return new CoreMetrics(authenticator, degraded, writeAvailability, transactions::count, terminator);
    }

    @Bean
    ClockHealthIndicator clockHealthIndicator(ClockMonitor clocks) {
        return new ClockHealthIndicator(clocks);
    }

    @Bean
    ClockMetrics clockMetrics(ClockMonitor clocks) {
        return new ClockMetrics(clocks);
    }

    @Bean
    TokenUseMetrics tokenUseMetrics(TokenUseFlush flush) {
        return new TokenUseMetrics(flush);
    }

    @Bean
    IdentityTokenMetrics identityTokenMetrics(IdentityTokens tokens) {
        return new IdentityTokenMetrics(tokens);
    }

    @Bean
    RefreshMetrics refreshMetrics(RefreshService refreshes) {
        return new RefreshMetrics(refreshes.counters());
    }

    @Bean
    RetentionMetrics retentionMetrics(Janitor janitor) {
        return new RetentionMetrics(janitor.counters());
    }
}
