package io.portcullis.gateway.config;

import io.portcullis.core.degraded.Recovery;
import io.portcullis.core.degraded.WriteAvailability;
import io.portcullis.core.event.SessionEventDelivery;
import io.portcullis.core.keyring.TokenKeys;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.sample.Sampler;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.use.TokenUseFlush;
import io.portcullis.gateway.fastpath.ClientLimits;
import io.portcullis.gateway.stream.OpenStreams;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
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
 * Defines the order in which a node stops. Spring Boot first withdraws readiness, then {@link #drain} runs. Spring Boot closes
 * the ports and waits for requests in progress, then {@link #finish} and {@link #disconnect} run. Finally the beans are
 * destroyed, the pools last.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LifecycleProperties.class)
class ShutdownConfiguration {
    private static final Logger log = LoggerFactory.getLogger(ShutdownConfiguration.class);

    /** Spring stops the lifecycles of the highest phase first. */
    private static final int BEFORE_THE_PORTS_CLOSE = Integer.MAX_VALUE;

    private static final int AFTER_THE_PORTS_CLOSED = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;
    /** {@code ReactorResourceFactory} stops the event loops in phase 0. */
    private static final int BEFORE_THE_EVENT_LOOPS_END = 1;

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    /**
     * Keeps serving for the drain delay, so that load balancers notice; then closes all streams, which would delay the shutdown.
     */
    @Bean
    SmartLifecycle drain(ShutdownProperties properties, OpenStreams streams, ClientLimits fastPath) {
        Duration delay = properties.drainDelay();
        return new Step(BEFORE_THE_PORTS_CLOSE, () -> {
            if (!delay.isZero()) {
                log.info("Shutting down: readiness is withdrawn, draining for {}", delay);
                Mono.delay(delay).block();
            }
            streams.closeAll(CloseStatus.GOING_AWAY);
            fastPath.stop();
        });
    }

    /**
     * Stops the background tasks, writes the token uses of the last requests, and waits for the deliveries of session events that are under
     * way, for the sample that is being written, for the logouts and refreshes that continue without their client, and for the ends of
     * sessions that MySQL has not confirmed.
     */
    @Bean
    SmartLifecycle finish(
            R2dbcTransactions transactions,
            Recovery recovery,
            WriteAvailability writes,
            Janitor janitor,
            SessionTerminator terminator,
            TokenUseFlush tokenUses,
            Sampler sampler,
            TokenKeys tokenKeys,
            ObjectProvider<SessionEventDelivery> events,
            ClientLimits fastPath,
            LifecycleProperties lifecycle) {
        Duration limit = lifecycle.getTimeoutPerShutdownPhase();
        return new Step(AFTER_THE_PORTS_CLOSED, () -> {
            awaitNoRequests(fastPath, limit);
            janitor.close();
            sampler.close();
            writes.close();
            terminator.hurryUnconfirmedEnds();
            flush(tokenUses, limit);
            await(Mono.justOrEmpty(events.getIfAvailable()).flatMap(SessionEventDelivery::stop), limit);
            await(sampler.stop(), limit);
            await(tokenKeys.stop(), limit);
            awaitNoTransactions(transactions, terminator, limit);
            recovery.close();
        });
    }

    /**
     * Closes the connections to Redis first, because connections lost with their event loops would reconnect and keep the loops
     * alive.
     */
    @Bean
    SmartLifecycle disconnect(RedisConnections redis) {
        return new Step(BEFORE_THE_EVENT_LOOPS_END, redis::close);
    }

    private static void await(Mono<Void> end, Duration limit) {
        end.timeout(limit, Mono.empty()).block();
    }

    /** Writes the uses of the last requests. Takes a second or so, also when MySQL is unavailable. */
    private static void flush(TokenUseFlush tokenUses, Duration limit) {
        boolean done = tokenUses
                .stop()
                .thenReturn(true)
                .timeout(limit, Mono.just(false))
                .blockOptional()
                .orElse(false);
        if (!done || tokenUses.pending() > 0) {
            log.warn("The token uses of the last seconds are lost, because MySQL did not take them");
        }
    }

    /** Spring Boot waits for the requests in the filter chain alone. */
    private static void awaitNoRequests(ClientLimits fastPath, Duration limit) {
        var quiet = Flux.interval(Duration.ZERO, POLL_INTERVAL)
                .filter(tick -> fastPath.underWay() == 0)
                .next()
                .timeout(limit, Mono.empty())
                .block();
        if (quiet == null) {
            log.warn("{} requests had not ended after {}; stopping anyway", fastPath.underWay(), limit);
        }
    }

    private static void awaitNoTransactions(
            R2dbcTransactions transactions, SessionTerminator terminator, Duration limit) {
        var quiet = Flux.interval(Duration.ZERO, POLL_INTERVAL)
                .filter(tick -> BackgroundWork.inFlight() == 0
                        && transactions.inFlight() == 0
                        && terminator.unconfirmedEnds() == 0)
                .next()
                .timeout(limit, Mono.empty())
                .block();
        if (quiet == null) {
            log.warn(
                    "{} logouts and refreshes had not ended after {}, and MySQL had not confirmed the ends of {} sessions;"
                            + " stopping anyway",
                    BackgroundWork.inFlight(),
                    limit,
                    terminator.unconfirmedEnds());
        }
    }

    /** Runs an action when its phase stops; its start does nothing. */
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
