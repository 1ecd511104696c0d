/** MySQL and MariaDB adapters of the ports, over R2DBC. Nothing imports it but the application's configuration. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.r2dbc;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
