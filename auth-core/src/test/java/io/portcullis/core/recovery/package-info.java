/** When Redis is trusted, with hand-driven ports. */
@NullMarked
package io.portcullis.core.recovery;

import org.jspecify.annotations.NullMarked;
