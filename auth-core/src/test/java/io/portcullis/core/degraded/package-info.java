/** When Redis is trusted, with hand-driven ports. */
@NullMarked
package io.portcullis.core.degraded;

import org.jspecify.annotations.NullMarked;
