/** Tests of the gathering of token uses. */
@NullMarked
package io.portcullis.core.token.use;

import org.jspecify.annotations.NullMarked;
