package io.portcullis.gateway.problem;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Creates the writers of error responses. */
@Configuration(proxyBeanMethods = false)
class ProblemConfiguration {
    @Bean
    ProblemResponses problemResponses(ProblemProperties properties, JsonMapper json) {
        return new ProblemResponses(properties.statusStyle(), json);
    }

    @Bean
    ProblemExceptionHandler problemExceptionHandler(ProblemResponses answers) {
        return new ProblemExceptionHandler(answers);
    }
}
