/** Tests of the clocks. */
@NullMarked
package io.portcullis.core.clock;

import org.jspecify.annotations.NullMarked;
