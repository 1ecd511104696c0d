/** Login, refresh, logout and kick: the protocol steps of docs/design.md section 6. Imports every port, no adapter. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.login;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
