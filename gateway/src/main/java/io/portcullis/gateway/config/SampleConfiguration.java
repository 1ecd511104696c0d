package io.portcullis.gateway.config;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.r2dbc.R2dbcSampleRepository;
import io.portcullis.core.sample.NodeReadings;
import io.portcullis.core.sample.SampleRepository;
import io.portcullis.core.sample.Sampler;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.check.CheckCounters;
import io.portcullis.gateway.admin.Administration;
import io.portcullis.gateway.stream.OpenStreams;
import java.time.Duration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * Creates the sampler of this node (docs/adr/0032), which starts when the node serves and which {@link ShutdownConfiguration} stops. It
 * uses the connections of the administration, so it takes none from a login, and its statements have the same time limit.
 */
@Configuration(proxyBeanMethods = false)
class SampleConfiguration {
    @Bean
    SampleRepository sampleRepository(@Administration DatabaseClient client) {
        return new R2dbcSampleRepository(client);
    }

    @Bean(destroyMethod = "close")
    Sampler sampler(
            SampleRepository repository,
            AccessTokenAuthenticator authenticator,
            DegradedMode degraded,
            OpenStreams streams) {
        CheckCounters checks = authenticator.counters();
        return new Sampler(
                repository,
                () -> new NodeReadings(
                        checks.all(), checks.refused(), Duration.ofNanos(degraded.degradedNanos()), streams.count()));
    }

    /** The name has the port, which is known only when the server listens. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> samplerStart(Sampler sampler, NodeName name) {
        return ready -> sampler.start(name.value());
    }

    @Bean
    NodeName nodeName(Environment environment) {
        return new NodeName(environment);
    }
}
