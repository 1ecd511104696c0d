/**
 * Sessions: one login and all tokens that descend from it. May import: {@code paging}. Begin with
 * {@link io.portcullis.core.session.SessionRepository}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
