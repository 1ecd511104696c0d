/** Tests of the open streams. */
@NullMarked
package io.portcullis.gateway.stream;

import org.jspecify.annotations.NullMarked;
