package io.portcullis.gateway.observe;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Tags;
import org.springframework.cloud.gateway.filter.headers.observation.DefaultGatewayObservationConvention;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayContext;
import org.springframework.cloud.gateway.support.tagsprovider.GatewayHttpTagsProvider;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;

/**
 * Bounds the number of status tags on the request meters of Spring and Spring Cloud Gateway, by the rule of {@link StatusTag}.
 * The tags are bounded where they are created, because the meter registry keeps every set of tags that it was asked for, even if
 * a meter filter merges them later.
 */
final class BoundedMeterTags {
    private BoundedMeterTags() {}

    /** Creates the tags of {@code http.server.requests}. */
    static final class Server extends DefaultServerRequestObservationConvention {
        Server(String name) {
            super(name);
        }

        @Override
        protected KeyValue status(ServerRequestObservationContext context) {
            KeyValue status = super.status(context);
            HttpStatusCode known =
                    context.getResponse() == null ? null : context.getResponse().getStatusCode();
            return known == null || !status.getValue().equals(Integer.toString(known.value()))
                    ? status
                    : KeyValue.of(status.getKey(), StatusTag.code(known));
        }
    }

    /** Creates the tags of {@code http.client.requests}, which the filter chain records for each proxied request. */
    static final class Client extends DefaultGatewayObservationConvention {
        private static final String STATUS = "http.status_code";

        @Override
        public KeyValues getLowCardinalityKeyValues(GatewayContext context) {
            KeyValues all = super.getLowCardinalityKeyValues(context);
            HttpStatusCode status =
                    context.getResponse() == null ? null : context.getResponse().getStatusCode();
            return status == null ? all : all.and(KeyValue.of(STATUS, StatusTag.code(status)));
        }
    }

    /** Creates the tags of {@code spring.cloud.gateway.requests}. */
    static final class Route extends GatewayHttpTagsProvider {
        @Override
        public Tags apply(ServerWebExchange exchange) {
            Tags all = super.apply(exchange);
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            return status == null
                    ? all
                    : all.and("status", StatusTag.name(status.value()), "httpStatusCode", StatusTag.code(status));
        }
    }
}
