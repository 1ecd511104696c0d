package io.portcullis.core.event;

import io.portcullis.core.account.TenantScope;
import org.jspecify.annotations.Nullable;

/**
 * Selects undelivered events. A component that is null selects all.
 *
 * @param tenants the tenants of the sessions
 */
public record SessionEventFilter(
        TenantScope tenants,
        @Nullable SessionEventState state,
        @Nullable String sessionId) {}
