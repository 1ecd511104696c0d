/** Tests of the diagnostics. */
@NullMarked
package io.portcullis.gateway.diagnostics;

import org.jspecify.annotations.NullMarked;
