/** Tests of the clock comparison. */
@NullMarked
package io.portcullis.core.clock;

import org.jspecify.annotations.NullMarked;
