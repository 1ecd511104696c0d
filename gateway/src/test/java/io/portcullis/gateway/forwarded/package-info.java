/** Tests of the forwarding headers. */
@NullMarked
package io.portcullis.gateway.forwarded;

import org.jspecify.annotations.NullMarked;
