/**
 * Health of the stores (docs/design.md section 8) and metrics of the core. May import: {@code core}.
 */
@NullMarked
package io.portcullis.gateway.observe;

import org.jspecify.annotations.NullMarked;
