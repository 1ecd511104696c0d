/** Tests of the harness itself. */
@NullMarked
package io.portcullis.chaos;

import org.jspecify.annotations.NullMarked;
