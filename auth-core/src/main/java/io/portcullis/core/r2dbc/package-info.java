/**
 * Implements the persistence ports on MySQL and MariaDB over R2DBC, and migrates the schema.
 *
 * <p>Start with {@link io.portcullis.core.r2dbc.R2dbcTokenRepository}. May import: {@code account}, {@code audit}, {@code clock},
 * {@code error}, {@code event}, {@code paging}, {@code resilience}, {@code retention}, {@code sample}, {@code session},
 * {@code ticket}, {@code token}, {@code token.store}, {@code token.use}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.r2dbc;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
