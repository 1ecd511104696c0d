package io.portcullis.gateway.fastpath;

import java.util.Set;

/**
 * The headers that Spring Cloud Gateway removes from requests and responses.
 *
 * @param names the header names in lower case
 */
record HopByHopHeaders(Set<String> names) {
    HopByHopHeaders {
        names = Set.copyOf(names);
    }
}
