package io.portcullis.gateway.endpoint;

import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.http.codec.DecoderHttpMessageReader;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Has the readers of all JSON bodies built at the start. Jackson builds the reader of a type at its first use, under a lock, so that an
 * event loop with another first body would wait for it.
 */
final class BodyPreparation implements SmartInitializingSingleton {
    private final RequestMappingHandlerMapping endpoints;
    private final ServerCodecConfigurer codecs;

    BodyPreparation(RequestMappingHandlerMapping endpoints, ServerCodecConfigurer codecs) {
        this.endpoints = endpoints;
        this.codecs = codecs;
    }

    @Override
    public void afterSingletonsInstantiated() {
        codecs.getReaders().stream()
                .filter(DecoderHttpMessageReader.class::isInstance)
                .map(reader -> ((DecoderHttpMessageReader<?>) reader).getDecoder())
                .filter(StrictJsonDecoder.class::isInstance)
                .map(StrictJsonDecoder.class::cast)
                .forEach(decoder -> bodies().forEach(decoder::prepare));
    }

    private Stream<Class<?>> bodies() {
        Stream<Class<?>> parameters = endpoints.getHandlerMethods().values().stream()
                .flatMap(method -> Arrays.stream(method.getMethodParameters()))
                .map(MethodParameter::getParameterType);
        return Stream.concat(parameters.filter(EndpointBody.class::isAssignableFrom), Stream.of(RefreshTokenBody.class))
                .distinct();
    }
}
