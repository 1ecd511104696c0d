/**
 * Decides on requests for other proxies, which pass them on themselves (docs/behind-other-proxies.md). Start with
 * {@link io.portcullis.gateway.decision.DecisionWebFilter}. May import: {@code problem}, {@code accesslog}, {@code authentication},
 * {@code cookie}, {@code route}.
 */
@NullMarked
package io.portcullis.gateway.decision;

import org.jspecify.annotations.NullMarked;
