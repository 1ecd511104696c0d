package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.portcullis.core.degraded.CacheLatency;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.token.check.CheckLatency;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Registers the timers of checks, of the stores and of tombstones, which the core calls (docs/metrics.md). */
@Configuration(proxyBeanMethods = false)
class LatencyConfiguration {
    private static final String OPERATION = "operation";

    @Bean
    CheckLatency checkLatency(MeterRegistry registry) {
        return new CheckLatency(
                OutcomeTimers.register(
                        registry,
                        "portcullis.check.duration",
                        "Checks of access tokens that reached a store",
                        Tags.empty()),
                mysql(registry, "check"));
    }

    @Bean
    @Qualifier(MySqlLatency.TRANSACTIONS)
    LatencyRecorder transactionLatency(MeterRegistry registry) {
        return mysql(registry, "transaction");
    }

    @Bean
    CacheLatency cacheLatency(MeterRegistry registry) {
        return new CacheLatency(redis(registry, "read"), redis(registry, "write"));
    }

    @Bean
    TombstoneDelays tombstoneDelays(MeterRegistry registry) {
        return new TombstoneDelays(tombstone(registry, "end"), tombstone(registry, "replay"));
    }

    private static LatencyRecorder mysql(MeterRegistry registry, String operation) {
        return OutcomeTimers.register(
                registry,
                "portcullis.mysql.duration",
                "Look-ups of tokens and transactions in MySQL, with the wait for a connection",
                Tags.of(OPERATION, operation));
    }

    private static LatencyRecorder redis(MeterRegistry registry, String operation) {
        return OutcomeTimers.register(
                registry,
                "portcullis.redis.duration",
                "Commands that requests sent to Redis",
                Tags.of(OPERATION, operation));
    }

    private static LatencyRecorder tombstone(MeterRegistry registry, String writtenBy) {
        return OutcomeTimers.registerSuccesses(
                registry,
                "portcullis.tombstone.delay",
                "Time from the end of a session until Redis confirmed the tombstone of an access token",
                Tags.of("written.by", writtenBy));
    }
}
