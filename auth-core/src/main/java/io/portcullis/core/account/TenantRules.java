package io.portcullis.core.account;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an administrator administers. An administrator whose session has a tenant administers that tenant alone; one without a tenant
 * administers all.
 *
 * @param unrestrictedTenants the tenants whose administrators administer all tenants
 * @param tenantRoles the roles that an administrator of one tenant may give to accounts, in addition to the administrator's own
 */
public record TenantRules(Set<String> unrestrictedTenants, Set<String> tenantRoles) {
    public TenantRules {
        unrestrictedTenants = Set.copyOf(unrestrictedTenants);
        tenantRoles = Set.copyOf(tenantRoles);
    }

    /** Returns the rules of a gateway without configuration: no tenant is unrestricted, and the role {@code user} may be given. */
    public static TenantRules defaults() {
        return new TenantRules(Set.of(), Set.of("user"));
    }

    /** Returns the scope of an administrator with this tenant and these roles. */
    public TenantScope scopeOf(@Nullable String tenantId, Set<String> roles) {
        if (tenantId == null || isUnrestricted(tenantId)) {
            return TenantScope.ALL;
        }
        Set<String> grantable = new HashSet<>(tenantRoles);
        grantable.addAll(roles);
        return TenantScope.of(tenantId, grantable);
    }

    /** Returns whether the administrators of the tenant, or those without one, administer all tenants. */
    public boolean isUnrestricted(@Nullable String tenantId) {
        return tenantId == null || unrestrictedTenants.contains(tenantId);
    }
}
