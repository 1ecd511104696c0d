package io.portcullis.gateway.logging;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Publishes how many lines were not written. */
@Configuration(proxyBeanMethods = false)
class LoggingConfiguration {
    @Bean
    MeterBinder logMetrics() {
        return registry -> {
            FunctionCounter.builder("portcullis.log.dropped", NonBlockingLogging.COUNTERS, LogCounters::dropped)
                    .description("Log lines that were dropped because the output was slower than the log")
                    .register(registry);
            FunctionCounter.builder("portcullis.log.suppressed", NonBlockingLogging.COUNTERS, LogCounters::suppressed)
                    .description("Log lines of a failure that had been told less than a second before")
                    .register(registry);
        };
    }
}
