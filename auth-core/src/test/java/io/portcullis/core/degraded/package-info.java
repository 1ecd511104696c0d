/** Tests the trust in Redis, with scripted ports and against real servers. */
@NullMarked
package io.portcullis.core.degraded;

import org.jspecify.annotations.NullMarked;
