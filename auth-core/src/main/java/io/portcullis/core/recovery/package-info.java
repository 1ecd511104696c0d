/** Degraded mode and the way out of it: the ledger's replay into Redis. Imports packages to its left, up to {@code token}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.recovery;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
