/**
 * The ids that the application makes. Imports no other package of this module. Begin with
 * {@link io.portcullis.core.id.TimeOrderedIds}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.id;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
