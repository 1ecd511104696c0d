/** Tests of the descriptions of failures. */
@NullMarked
package io.portcullis.core.error;

import org.jspecify.annotations.NullMarked;
