/**
 * Sessions: one login and all tokens that descend from it. Start with
 * {@link io.portcullis.core.session.SessionRepository}. May import: {@code account}, {@code error}, {@code paging}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
