/**
 * Who may log in, and how a password is checked. May import: {@code error}, {@code paging}. Begin with
 * {@link io.portcullis.core.account.AccountRepository}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.account;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
