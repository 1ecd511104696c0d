package io.portcullis.gateway.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.HttpClientProperties;

/**
 * The limits of the connections to services, under the property names of Spring Cloud Gateway
 * ({@code spring.cloud.gateway.server.webflux.httpclient.pool.*}).
 *
 * @param max the number of connections to one service on all event loops, {@link Integer#MAX_VALUE} for no limit
 * @param kept whether a connection is used again
 * @param lifo whether the connection that was used last is taken first
 * @param acquireTimeout the time to wait for a connection while all are in use, null for no limit
 * @param maxIdleNanos the time after which an idle connection is closed
 * @param maxLifeNanos the time after which a connection is not used again
 * @param evictionNanos the interval at which idle connections are looked over, 0 for never
 */
record PoolSettings(
        int max,
        boolean kept,
        boolean lifo,
        @Nullable Duration acquireTimeout,
        long maxIdleNanos,
        long maxLifeNanos,
        long evictionNanos) {

    static PoolSettings of(HttpClientProperties.Pool pool) {
        boolean bounded = pool.getType() == HttpClientProperties.Pool.PoolType.FIXED;
        return new PoolSettings(
                bounded ? pool.getMaxConnections() : Integer.MAX_VALUE,
                pool.getType() != HttpClientProperties.Pool.PoolType.DISABLED,
                pool.getLeasingStrategy() == HttpClientProperties.Pool.LeasingStrategy.LIFO,
                bounded ? Duration.ofMillis(pool.getAcquireTimeout()) : null,
                nanos(pool.getMaxIdleTime()),
                nanos(pool.getMaxLifeTime()),
                pool.getEvictionInterval().toNanos());
    }

    private static long nanos(@Nullable Duration limit) {
        return limit == null ? Long.MAX_VALUE : limit.toNanos();
    }

    /** Returns whether an exchange must not use the connection any more. */
    boolean isExpired(ServiceConnection connection) {
        long now = System.nanoTime();
        return !kept || now - connection.madeAt() >= maxLifeNanos || now - connection.idleSince() >= maxIdleNanos;
    }
}
