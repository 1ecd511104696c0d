/**
 * Creates connection pools for MySQL and MariaDB whose waits are bounded, and which replace their connections after a failover.
 *
 * <p>Start with {@link io.portcullis.core.r2dbc.pool.MySqlConnectionPools}. May import: {@code error}, {@code r2dbc},
 * {@code reactive}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.r2dbc.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
