/** The unit of work: shielded from cancellation, bounded, retried on deadlock. Imports {@code error}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.transaction;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
