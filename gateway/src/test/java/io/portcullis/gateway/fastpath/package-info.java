/** Tests of the open streams. */
@NullMarked
package io.portcullis.gateway.fastpath;

import org.jspecify.annotations.NullMarked;
