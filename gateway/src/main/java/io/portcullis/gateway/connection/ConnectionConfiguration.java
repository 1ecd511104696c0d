package io.portcullis.gateway.connection;

import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.problem.ProblemResponses;
import java.util.Objects;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.reactor.netty.autoconfigure.NettyServerProperties;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
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

    /** Runs after Spring Boot's own customizer, which would otherwise replace the settings of HTTP/2. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> http2Limits(
            ConnectionProperties properties, ServerProperties server, NettyServerProperties netty) {
        var streams = new Http2Streams(
                properties.requestTimeout(),
                properties.writeTimeout(),
                netty.getIdleTimeout(),
                server.getMaxHttpRequestHeaderSize().toBytes(),
                Objects.requireNonNullElse(netty.getMaxKeepAliveRequests(), 0));
        return factory -> factory.addServerCustomizers(streams::on);
    }
}
