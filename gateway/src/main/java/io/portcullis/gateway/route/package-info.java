/**
 * Reads and validates the configured routes, holds their authentication rules, and indexes them by path. Start with
 * {@link io.portcullis.gateway.route.RouteRules}. May import: {@code problem}, {@code startup}, {@code origin}.
 */
@NullMarked
package io.portcullis.gateway.route;

import org.jspecify.annotations.NullMarked;
