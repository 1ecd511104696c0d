/**
 * Reads the routes anew while the node runs, when the configuration files change (docs/adr/0046). Start with
 * {@link io.portcullis.gateway.reload.RouteReload}. May import: {@code route}, {@code startup}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.gateway.reload;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
