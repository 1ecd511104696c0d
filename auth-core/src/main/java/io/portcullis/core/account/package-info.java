/** Who may log in, and how a password is checked. Imports {@code error} and {@code transaction}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.account;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
