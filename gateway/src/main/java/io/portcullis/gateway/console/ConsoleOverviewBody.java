package io.portcullis.gateway.console;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.token.store.Identity;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;

/**
 * What every page of the console shows.
 *
 * @param userId the administrator's id
 * @param username the administrator's name
 * @param sessionId the administrator's session
 * @param status {@code UP}, {@code DEGRADED} or {@code DOWN}: the health of the stores as this node sees it
 * @param stores the details of that health; empty for an administrator of one tenant
 * @param streams the number of streams that are open on this node; null for an administrator of one tenant
 * @param tenantId the administrator's tenant; null for none
 * @param restricted whether the administrator administers that tenant alone
 * @param time the node's time in epoch milliseconds
 */
record ConsoleOverviewBody(
        String userId,
        String username,
        String sessionId,
        String status,
        Map<String, Object> stores,
        @Nullable Integer streams,
        @Nullable String tenantId,
        boolean restricted,
        long time) {
    static ConsoleOverviewBody of(Identity identity, TenantScope tenants, Health stores, int streams, long time) {
        return new ConsoleOverviewBody(
                identity.userId(),
                identity.username(),
                identity.sessionId(),
                stores.getStatus().getCode(),
                tenants.restricted() ? Map.of() : stores.getDetails(),
                tenants.restricted() ? null : streams,
                identity.tenantId(),
                tenants.restricted(),
                time);
    }
}
