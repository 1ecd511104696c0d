/** Removes what has served its time, by one node at a time. Imports packages to its left, up to {@code login}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.retention;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
