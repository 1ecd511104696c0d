package io.portcullis.gateway.config;

import io.portcullis.core.degraded.Recovery;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.retention.Janitor;
import io.portcullis.gateway.stream.OpenStreams;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The order in which a node stops. Boot has told readiness before; between the two steps here it closes the ports and lets the
 * requests under way finish, and afterwards it destroys the beans, pools last.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LifecycleProperties.class)
class ShutdownConfiguration {
    private static final Logger log = LoggerFactory.getLogger(ShutdownConfiguration.class);

    /** Lifecycles of the highest phase stop first. */
    private static final int BEFORE_THE_PORTS_CLOSE = Integer.MAX_VALUE;

    private static final int AFTER_THE_PORTS_CLOSED = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;
    /** {@code ReactorResourceFactory} ends them in phase 0. */
    private static final int BEFORE_THE_EVENT_LOOPS_END = 1;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    /** Serves on while whoever sends traffic learns of it, then lets streams go: they would hold up the rest. */
    @Bean
    SmartLifecycle drain(PortcullisProperties properties, OpenStreams streams) {
        Duration delay = properties.shutdown().drainDelay();
        return new Step(BEFORE_THE_PORTS_CLOSE, () -> {
            if (!delay.isZero()) {
                log.info("Not ready any more; still serving for {}", delay);
                Mono.delay(delay).block();
            }
            streams.closeAll(CloseStatus.GOING_AWAY);
        });
    }

    /** Waits for what goes on without its client, then stops what works in the background. */
    @Bean
    SmartLifecycle finish(
            R2dbcTransactions transactions,
            Recovery recovery,
            WriteAvailability writes,
            Janitor janitor,
            LifecycleProperties lifecycle) {
        return new Step(AFTER_THE_PORTS_CLOSED, () -> {
            janitor.close();
            writes.close();
            awaitQuiet(transactions, lifecycle.getTimeoutPerShutdownPhase());
            recovery.close();
        });
    }

    /** Connections that were lost with their event loops would be made anew, and keep the loops from ending. */
    @Bean
    SmartLifecycle disconnect(RedisConnections redis) {
        return new Step(BEFORE_THE_EVENT_LOOPS_END, redis::close);
    }

    private static void awaitQuiet(R2dbcTransactions transactions, Duration limit) {
        var quiet = Flux.interval(Duration.ZERO, POLL_INTERVAL)
                .filter(tick -> Uncancellable.inFlight() == 0 && transactions.inFlight() == 0)
                .next()
                .timeout(limit, Mono.empty())
                .block();
        if (quiet == null) {
            log.warn("{} logouts and refreshes had not ended after {}", Uncancellable.inFlight(), limit);
        }
    }

    /** Does nothing but stop. */
    private static final class Step implements SmartLifecycle {
        private final int phase;
        private final Runnable stop;
        private volatile boolean running;

        Step(int phase, Runnable stop) {
            this.phase = phase;
            this.stop = stop;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            stop.run();
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }
}
