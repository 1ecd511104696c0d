package io.portcullis.gateway.accesslog;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.gateway.connection.RequestRefuser;
import io.portcullis.gateway.forwarded.TrustedProxies;
import io.portcullis.gateway.logging.LineOutput;
import io.portcullis.gateway.logging.LogContextHook;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import reactor.core.publisher.Mono;

/**
 * Creates the access log of the main port if it is on. Structured logs need its records of requests too, for the fields of their lines,
 * but not its lines.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnRequestIds.class)
class AccessLogConfiguration {
    @Bean
    @ConditionalOnBooleanProperty("portcullis.access-log.enabled")
    LineOutput accessLogOutput() {
        return LineOutput.of(AccessLog.LOGGER);
    }

    @Bean
    AccessLog accessLog(ObjectProvider<LineOutput> output, Clock clock, TrustedProxies trusted) {
        LineOutput lines = output.getIfAvailable();
        return new AccessLog(lines == null ? null : lines.logger(), clock, trusted);
    }

    @Bean
    @Conditional(OnRequestIds.Structured.class)
    LogContextHook logContextHook() {
        return new LogContextHook();
    }

    /** Gives the chains of requests their record, around the handler of errors too. */
    @Bean
    @Conditional(OnRequestIds.Structured.class)
    HttpHandlerDecoratorFactory logContextOfRequests() {
        return handler -> (request, response) -> {
            AccessRecord record = AccessRecord.of(request);
            Mono<Void> handled = handler.handle(request, response);
            return record == null ? handled : handled.contextWrite(context -> context.put(LogContextHook.KEY, record));
        };
    }

    @Bean
    @ConditionalOnBooleanProperty("portcullis.access-log.enabled")
    MeterBinder accessLogMetrics(LineOutput output) {
        return registry -> FunctionCounter.builder("portcullis.access.log.dropped", output, LineOutput::dropped)
                .description("Lines of the access log that were dropped because the output was slower than the log")
                .register(registry);
    }

    /** The provider is resolved when the server starts, after all other beans exist. The server of the management port is not changed. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> accessLogOfServer(ObjectProvider<AccessLog> log) {
        return factory -> factory.addServerCustomizers(server -> {
            AccessLog accessLog = log.getObject();
            return RequestRefuser.addBehindChecks(
                    server, AccessLogHandler.class.getName(), () -> new AccessLogHandler(accessLog));
        });
    }
}
