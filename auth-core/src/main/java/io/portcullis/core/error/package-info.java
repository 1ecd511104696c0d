/** Failures that end a request, each with a stable code. Imports nothing of this project. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.error;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
