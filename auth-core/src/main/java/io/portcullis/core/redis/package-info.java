/** Redis adapters of the ports, on raw Lettuce. Nothing imports it but the application's configuration. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
