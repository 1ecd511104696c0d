/** Tests of failures and their descriptions. */
@NullMarked
package io.portcullis.core.error;

import org.jspecify.annotations.NullMarked;
