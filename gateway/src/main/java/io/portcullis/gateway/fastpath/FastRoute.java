package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.route.RouteRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * A route in the form that the fast path proxies it, compiled once when the routes are loaded.
 *
 * @param origin scheme, host and port of the service
 * @param service the name under which calls to the service are counted
 * @param effects the combined effects of the route's filters
 * @param responseTimeout the time until the response head must arrive, null for no limit
 * @param client the HTTP client with the connect timeout of the route
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
