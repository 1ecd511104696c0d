package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.route.RouteRules;
import io.portcullis.gateway.upstream.ServiceAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A route in the form that the fast path proxies it, compiled once when the routes are loaded.
 *
 * @param uri the address of the service as the route writes it
 * @param address the address of the service
 * @param hostField the value of {@code Host} that the service receives, unless the filters keep that of the client
 * @param service the name under which calls to the service are counted
 * @param effects the combined effects of the route's filters
 * @param connectTimeoutMillis the time until a connection to the service must be there
 * @param responseTimeout the time until the response head must arrive, null for no limit
 */
record FastRoute(
        String id,
        String uri,
        ServiceAddress address,
        String hostField,
        String service,
        RouteRules rules,
        RouteFilterEffects effects,
        int connectTimeoutMillis,
        @Nullable Duration responseTimeout,
        RouteTimers timers) {}
