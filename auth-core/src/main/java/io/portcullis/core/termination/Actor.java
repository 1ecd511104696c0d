package io.portcullis.core.termination;

import io.portcullis.core.session.ClientInfo;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf something is done, for the login log.
 *
 * @param userId who is authenticated, null for nobody
 */
public record Actor(@Nullable String userId, ClientInfo client) {}
