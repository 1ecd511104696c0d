/** Tests of the log. */
@NullMarked
package io.portcullis.gateway.logging;

import org.jspecify.annotations.NullMarked;
