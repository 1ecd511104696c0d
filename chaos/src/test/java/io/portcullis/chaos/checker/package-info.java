/** Hand-written histories, good and bad. */
@NullMarked
package io.portcullis.chaos.checker;

import org.jspecify.annotations.NullMarked;
