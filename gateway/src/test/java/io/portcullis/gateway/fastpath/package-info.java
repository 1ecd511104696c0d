/** Tests of the fast path. */
@NullMarked
package io.portcullis.gateway.fastpath;

import org.jspecify.annotations.NullMarked;
