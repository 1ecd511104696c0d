/**
 * Generates the ids of rows. Start with {@link io.portcullis.core.id.TimeOrderedIds}. Imports no other package of
 * this module.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.id;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
