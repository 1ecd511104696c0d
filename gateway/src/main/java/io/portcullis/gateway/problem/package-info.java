/**
 * Errors to HTTP answers, in one place (docs/design.md section 7). May import: {@code core.error}.
 */
@NullMarked
package io.portcullis.gateway.problem;

import org.jspecify.annotations.NullMarked;
