/** Tests of the retry of unconfirmed ends. */
@NullMarked
package io.portcullis.core.termination;

import org.jspecify.annotations.NullMarked;
