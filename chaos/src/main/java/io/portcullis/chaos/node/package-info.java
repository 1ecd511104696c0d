/**
 * The gateway node under test: a gateway with an adjustable clock and, in experiments, one deliberately broken property.
 *
 * <p>Start with {@link io.portcullis.chaos.node.ChaosGateway}. May import: no other package of chaos.
 */
@NullMarked
package io.portcullis.chaos.node;

import org.jspecify.annotations.NullMarked;
