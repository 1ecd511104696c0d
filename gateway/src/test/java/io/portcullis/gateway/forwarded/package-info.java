/** Tests of the open streams. */
@NullMarked
package io.portcullis.gateway.forwarded;

import org.jspecify.annotations.NullMarked;
