/**
 * The MySQL and MariaDB adapters of the ports, over R2DBC, and the migration of the schema. May import: {@code account},
 * {@code audit}, {@code clock}, {@code error}, {@code paging}, {@code retention}, {@code session}, {@code token},
 * {@code token.store}, {@code transaction}. Begin with {@link io.portcullis.core.r2dbc.R2dbcTokenRepository}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.r2dbc;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
