package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.route.RouteRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * All that a route says, read once.
 *
 * @param origin scheme, host and port of the service
 * @param service the name under which its calls are counted
 * @param responseTimeout how long the service may take to begin its answer, null for as long as it likes
 * @param client has the route's time-outs
 */
record FastRoute(
        String id,
        String origin,
        String service,
        RouteRules rules,
        RouteFilterEffects effects,
        @Nullable Duration responseTimeout,
        HttpClient client,
        RouteTimers timers) {}
