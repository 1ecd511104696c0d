/**
 * The administrators' API (docs/design.md section 7, 10). May import: {@code core}, {@code problem}, {@code authentication},
 * {@code endpoint}.
 */
@NullMarked
package io.portcullis.gateway.admin;

import org.jspecify.annotations.NullMarked;
