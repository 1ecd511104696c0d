/** Tests of logging. */
@NullMarked
package io.portcullis.gateway.logging;

import org.jspecify.annotations.NullMarked;
