/** Tests of the translation of failures into HTTP responses. */
@NullMarked
package io.portcullis.gateway.problem;

import org.jspecify.annotations.NullMarked;
