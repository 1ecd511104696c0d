/**
 * Connections to MySQL and MariaDB: bounded, READ COMMITTED, and left when their server changes. May import: {@code error},
 * {@code r2dbc}, {@code reactive}, {@code transaction}. Begin with {@link io.portcullis.core.r2dbc.pool.MySqlConnectionPools}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.r2dbc.pool;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
