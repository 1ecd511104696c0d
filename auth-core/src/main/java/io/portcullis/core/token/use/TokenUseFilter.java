package io.portcullis.core.token.use;

import io.portcullis.core.account.TenantScope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects token uses. A null component matches every use.
 *
 * @param tenants the tenants of the sessions
 * @param accessTokenId the first digits of the token's digest
 * @param ip the whole address, or the begin of its text
 * @param from the uses overlap the time from this moment on, inclusive
 * @param to the uses overlap the time until this moment, inclusive
 */
public record TokenUseFilter(
        TenantScope tenants,
        @Nullable String accessTokenId,
        @Nullable String sessionId,
        @Nullable String userId,
        @Nullable String ip,
        @Nullable Instant from,
        @Nullable Instant to) {}
