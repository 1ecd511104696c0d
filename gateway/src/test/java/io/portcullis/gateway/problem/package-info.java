/** Tests of errors to HTTP. */
@NullMarked
package io.portcullis.gateway.problem;

import org.jspecify.annotations.NullMarked;
