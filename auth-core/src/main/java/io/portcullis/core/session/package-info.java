/** One login and all tokens that descend from it. Imports packages to its left: {@code error}, {@code transaction}, {@code account}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
