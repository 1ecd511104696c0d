package io.portcullis.gateway.decision;

import io.portcullis.gateway.authentication.OutgoingHeaders;
import io.portcullis.gateway.authentication.RequestAccess;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the decision endpoint. */
@Configuration(proxyBeanMethods = false)
class DecisionConfiguration {
    @Bean
    DecisionWebFilter decisionWebFilter(RequestAccess access, OutgoingHeaders outgoing) {
        return new DecisionWebFilter(access, outgoing);
    }
}
