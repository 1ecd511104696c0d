/**
 * Serves the administrators' console at {@code /console} (docs/design.md section 14, ADR 0031): a page of static files, and the
 * administrators' API below {@code /console/api} with cookies of the console's own. Start with
 * {@link io.portcullis.gateway.console.ConsoleAuthenticationWebFilter}. May import: {@code problem}, {@code authentication},
 * {@code cookie}, {@code endpoint}, {@code stream}.
 */
@NullMarked
package io.portcullis.gateway.console;

import org.jspecify.annotations.NullMarked;
