/** The login log. Imports packages to its left, up to {@code session}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
