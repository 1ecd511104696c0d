package io.portcullis.gateway.logging;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Publishes the numbers of dropped and suppressed log lines as metrics. */
@Configuration(proxyBeanMethods = false)
class LoggingConfiguration {
    @Bean
    MeterBinder logMetrics() {
        return registry -> {
            FunctionCounter.builder("portcullis.log.dropped", NonBlockingLogging.COUNTERS, LogCounters::dropped)
                    .description("Log lines that were dropped because the output was slower than the log")
                    .register(registry);
            FunctionCounter.builder("portcullis.log.suppressed", NonBlockingLogging.COUNTERS, LogCounters::suppressed)
                    .description("Log lines of a failure that had been logged less than a second before")
                    .register(registry);
        };
    }
}
