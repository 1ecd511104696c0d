/**
 * Failures that end a request, each with a stable code. Start with
 * {@link io.portcullis.core.error.PortcullisException}. Imports no other package of this module.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.error;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
