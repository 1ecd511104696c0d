package io.portcullis.gateway.upstream;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.util.context.Context;

/**
 * Closes the connection of a response that arrives in the same moment in which the response timeout passes or the client leaves.
 * {@code NettyRoutingFilter} may put such a connection into the exchange after {@code NettyWriteResponseFilter} has looked for it there,
 * and reactor-netty does not close it either, because it has delivered the response.
 */
final class ServiceCallGlobalFilter implements GlobalFilter, Ordered {
    @Override
    public int getOrder() {
        // Inside of the filters of the route, so that each attempt of a route that tries again is a call.
        return NettyRoutingFilter.ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        var call = new Call();
        return chain.filter(exchange).contextWrite(call::addTo).doFinally(call::end);
    }

    /** Returns the client that tells the call in its context of the connection, before it delivers the response. */
    static HttpClient reporting(HttpClient client) {
        return client.doOnResponse(ServiceCallGlobalFilter::received);
    }

    private static void received(HttpClientResponse response, Connection connection) {
        Call call = response.currentContextView().getOrDefault(Call.class, null);
        if (call != null) {
            call.received(connection);
        }
    }

    /** One of the two threads, that of the response and that of the end, sees what the other has written before. */
    private static final class Call {
        private volatile @Nullable Connection connection;
        private volatile boolean abandoned;

        Context addTo(Context context) {
            return context.put(Call.class, this);
        }

        void received(Connection connection) {
            this.connection = connection;
            if (abandoned) {
                close(connection);
            }
        }

        /** After a completion, {@code NettyWriteResponseFilter} finds the connection in the exchange. */
        void end(SignalType signal) {
            if (signal == SignalType.ON_COMPLETE) {
                return;
            }
            abandoned = true;
            Connection received = connection;
            if (received != null) {
                close(received);
            }
        }

        /**
         * Has no effect on a connection that is back in its pool: reactor-netty has put a channel without an event loop in the place of that
         * connection's own, or does so before the event loop closes it.
         */
        private static void close(Connection connection) {
            Channel channel = connection.channel();
            if (channel.isRegistered()) {
                channel.eventLoop().execute(connection::dispose);
            }
        }
    }
}
