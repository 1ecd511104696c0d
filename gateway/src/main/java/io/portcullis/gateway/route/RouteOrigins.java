package io.portcullis.gateway.route;

/** Finds the place where a route is configured, for error messages. */
@FunctionalInterface
interface RouteOrigins {
    /**
     * Returns a suffix such as {@code " (routes.yaml, line 12)"}, or an empty text if the place is unknown.
     *
     * @param index the position of the route in its list, from 0
     */
    String of(int index);
}
