/**
 * Translates failures into HTTP responses, for both paths (docs/design.md section 7). Start with
 * {@link io.portcullis.gateway.problem.ProblemResponses}. May import: no other package of the gateway.
 */
@NullMarked
package io.portcullis.gateway.problem;

import org.jspecify.annotations.NullMarked;
