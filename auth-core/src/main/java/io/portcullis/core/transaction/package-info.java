/**
 * Runs each change in MySQL as one transaction. Start with {@link io.portcullis.core.transaction.Transactions}.
 * Imports no other package of this module.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.transaction;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
