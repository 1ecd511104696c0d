/**
 * Serves the administrators' API below {@code /system} (docs/design.md section 7). Start with
 * {@link io.portcullis.gateway.admin.SessionAdminEndpoint}. May import: {@code problem}, {@code authentication},
 * {@code endpoint}, {@code reload}, {@code route}.
 */
@NullMarked
package io.portcullis.gateway.admin;

import org.jspecify.annotations.NullMarked;
