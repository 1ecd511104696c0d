/** Tests of the checks at the start. */
@NullMarked
package io.portcullis.gateway.startup;

import org.jspecify.annotations.NullMarked;
