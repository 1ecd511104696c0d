package io.portcullis.gateway.diagnostics;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.gateway.observe.ActiveTransactions;
import java.time.Clock;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Creates the diagnostics. */
@Configuration(proxyBeanMethods = false)
class DiagnosticsConfiguration {
    @Bean
    Diagnostics diagnostics(
            DiagnosticSources sources,
            ListableBeanFactory beans,
            Environment environment,
            DegradedMode degraded,
            WriteAvailability writes,
            SessionTerminator terminator,
            ActiveTransactions transactions,
            Clock clock) {
        return new Diagnostics(
                sources,
                () -> VisibleConfiguration.of(beans, environment),
                GatewayVersion.VALUE,
                degraded,
                writes,
                terminator,
                transactions::count,
                clock);
    }
}
