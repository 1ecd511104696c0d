/**
 * The unit of work of every change in MySQL. Imports no other package of this module. Begin with
 * {@link io.portcullis.core.transaction.Transactions}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.transaction;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
