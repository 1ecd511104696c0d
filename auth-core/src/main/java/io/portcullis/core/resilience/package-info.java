/** What keeps a failing or flooded store from taking the gateway with it. Imports {@code error}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.resilience;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
