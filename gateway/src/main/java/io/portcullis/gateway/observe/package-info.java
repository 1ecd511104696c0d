/**
 * Reports the health of the stores and the metrics of the core. Start with
 * {@link io.portcullis.gateway.observe.ObserveConfiguration}. May import: no other package of the gateway.
 */
@NullMarked
package io.portcullis.gateway.observe;

import org.jspecify.annotations.NullMarked;
