package io.portcullis.gateway.route;

/** Says where a route is written. */
@FunctionalInterface
public interface RouteOrigins {
    /** Such as {@code " (routes.yaml, line 12)"}, or empty if that is not known. */
    String of(int index);
}
