/**
 * Accounts, and the hashing of their passwords. Start with {@link io.portcullis.core.account.AccountRepository}. May
 * import: {@code error}, {@code paging}, {@code resilience}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.account;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
