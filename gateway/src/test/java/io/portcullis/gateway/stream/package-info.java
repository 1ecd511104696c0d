/** Tests of the open calls and streams. */
@NullMarked
package io.portcullis.gateway.stream;

import org.jspecify.annotations.NullMarked;
