/** Tests of the CORS rules. */
@NullMarked
package io.portcullis.gateway.cors;

import org.jspecify.annotations.NullMarked;
