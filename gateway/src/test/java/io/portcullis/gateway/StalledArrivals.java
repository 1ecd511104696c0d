package io.portcullis.gateway;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * Stops the thread on which a response arrives where {@code NettyRoutingFilter} is about to put it into the exchange, until all of the
 * exchange has ended otherwise. Applies to requests with a path that contains {@code stalled}.
 * Has no {@code @Configuration}, because the component scan of the application in other tests would find it.
 */
class StalledArrivals {
    /** The number of responses that have arrived. */
    static final AtomicInteger ARRIVED = new AtomicInteger();

    private static final String END = StalledArrivals.class.getName();
    private static final int LIMIT_SECONDS = 20;

    /** Ends after {@code NettyWriteResponseFilter} if the exchange is cancelled. */
    @Bean
    @Order(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1)
    GlobalFilter aroundWriting() {
        return (exchange, chain) -> {
            if (!exchange.getRequest().getPath().value().contains("stalled")) {
                return chain.filter(exchange);
            }
            var end = new CountDownLatch(2);
            exchange.getAttributes().put(END, end);
            return chain.filter(new Stalled(exchange, end)).doFinally(signal -> end.countDown());
        };
    }

    /** Ends after {@code NettyWriteResponseFilter} if the exchange has an error. */
    @Bean
    @Order(NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER + 1)
    GlobalFilter insideOfWriting() {
        return (exchange, chain) -> {
            CountDownLatch end = exchange.getAttribute(END);
            return end == null ? chain.filter(exchange) : chain.filter(exchange).doFinally(signal -> end.countDown());
        };
    }

    private static final class Stalled extends ServerWebExchangeDecorator {
        private final Map<String, Object> attributes;

        Stalled(ServerWebExchange exchange, CountDownLatch end) {
            super(exchange);
            attributes = new Attributes(exchange.getAttributes(), end);
        }

        @Override
        public Map<String, Object> getAttributes() {
            return attributes;
        }
    }

    private static final class Attributes extends AbstractMap<String, Object> {
        private final Map<String, Object> original;
        private final CountDownLatch end;

        Attributes(Map<String, Object> original, CountDownLatch end) {
            this.original = original;
            this.end = end;
        }

        @Override
        public @Nullable Object put(String name, Object value) {
            if (name.equals(CLIENT_RESPONSE_ATTR)) {
                ARRIVED.incrementAndGet();
                awaitEnd();
            }
            return original.put(name, value);
        }

        /** Computes, because BlockHound lets no thread of an event loop wait. */
        private void awaitEnd() {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            while (end.getCount() > 0) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the exchange goes on");
                }
            }
        }

        @Override
        public @Nullable Object get(Object name) {
            return original.get(name);
        }

        @Override
        public @Nullable Object remove(Object name) {
            return original.remove(name);
        }

        @Override
        public boolean containsKey(Object name) {
            return original.containsKey(name);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return original.entrySet();
        }
    }
}
