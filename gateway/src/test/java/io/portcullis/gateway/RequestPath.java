package io.portcullis.gateway;

/** The two ways on which a node handles a request. */
enum RequestPath {
    FAST_PATH,
    FILTER_CHAIN;

    /** Returns the argument of a node that handles requests on this path. */
    String argument() {
        return "--portcullis.fast-path.enabled=" + (this == FAST_PATH);
    }
}
