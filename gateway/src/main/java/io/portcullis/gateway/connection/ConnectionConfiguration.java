package io.portcullis.gateway.connection;

import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemResponses;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the checks of requests and the limits of client connections. */
@Configuration(proxyBeanMethods = false)
class ConnectionConfiguration {
    @Bean
    RequestLimits requestLimits(ProblemResponses answers, CorsRules cors) {
        return new RequestLimits(answers, cors);
    }

    @Bean
    RequestRefuser requestRefuser(ProblemResponses answers, CorsRules cors) {
        return new RequestRefuser(answers, cors);
    }

    @Bean
    NettyServerCustomizer requestNormaliser() {
        return RequestRefuser::check;
    }

    /**
     * Adds the time limits and the limit on pipelining. The idle timeout of the server is not enough: a client that drips its body,
     * or takes no byte of a response, is never idle.
     */
    @Bean
    NettyServerCustomizer clientLimits(ConnectionProperties properties) {
        return server -> PipeliningGate.on(
                WriteDeadline.on(RequestDeadline.on(server, properties.requestTimeout()), properties.writeTimeout()));
    }
}
