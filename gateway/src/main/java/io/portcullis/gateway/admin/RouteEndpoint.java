package io.portcullis.gateway.admin;

import io.portcullis.gateway.problem.Envelope;
import io.portcullis.gateway.reload.RouteReloadState;
import io.portcullis.gateway.route.RoutesInForce;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the routes in force on this node, and why changed files are refused. */
@RestController
@RequestMapping(path = "/system/route", produces = MediaType.APPLICATION_JSON_VALUE)
final class RouteEndpoint {
    private final RouteReloadState state;
    private final RoutesInForce inForce;

    RouteEndpoint(RouteReloadState state, RoutesInForce inForce) {
        this.state = state;
        this.inForce = inForce;
    }

    @GetMapping("/list")
    Envelope<RoutesBody> routes() {
        return Envelope.of(RoutesBody.of(state.current(), inForce.fastIds()));
    }
}
