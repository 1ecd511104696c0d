/**
 * What a route says: its rules, the strict reading and validation of its file, and the index by path. May import:
 * {@code problem}, {@code startup}. Begin with {@link io.portcullis.gateway.route.RouteFileCheck}.
 */
@NullMarked
package io.portcullis.gateway.route;

import org.jspecify.annotations.NullMarked;
