/** Tests of the open streams. */
@NullMarked
package io.portcullis.gateway.cors;

import org.jspecify.annotations.NullMarked;
