package io.portcullis.core.account;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator administers: all tenants, or one tenant alone. It is made of the administrator's identity
 * ({@link TenantRules#scopeOf}), and every page and every change of the administration requires one (docs/adr/0041). To an administrator of
 * one tenant, the accounts, sessions and entries of others, and those without a tenant, do not exist.
 */
public final class TenantScope {
    /** All tenants, and what has no tenant. */
    public static final TenantScope ALL = new TenantScope(null, Set.of());

    /** The id of no tenant, because of its space ({@link TenantIds}). Nor is it empty, as in rows without a tenant. */
    private static final String NO_TENANT = " none";

    private final @Nullable String tenantId;
    private final Set<String> grantableRoles;

    private TenantScope(@Nullable String tenantId, Set<String> grantableRoles) {
        this.tenantId = tenantId;
        this.grantableRoles = grantableRoles;
    }

    /**
     * Returns the scope of one tenant.
     *
     * @param grantableRoles the roles that the administrator may give to accounts
     */
    public static TenantScope of(String tenantId, Set<String> grantableRoles) {
        return new TenantScope(tenantId, Set.copyOf(grantableRoles));
    }

    /** Returns whether the scope is one tenant alone. */
    public boolean restricted() {
        return tenantId != null;
    }

    /** Returns the tenant of the scope, for a condition in SQL; null if the scope is all tenants. */
    public @Nullable String tenantId() {
        return tenantId;
    }

    /** Returns whether the tenant, or what has none, is in the scope. */
    public boolean includes(@Nullable String other) {
        return tenantId == null || tenantId.equals(other);
    }

    /** Returns the part of the scope that is in the tenant; the whole scope for null. It is empty for a tenant beyond the scope. */
    public TenantScope within(@Nullable String other) {
        if (other == null || Objects.equals(tenantId, other)) {
            return this;
        }
        return new TenantScope(tenantId == null ? other : NO_TENANT, grantableRoles);
    }

    /** Returns whether the administrator may give the roles to an account, and may take over an account that has them. */
    public boolean mayGrant(Collection<String> roles) {
        return tenantId == null || grantableRoles.containsAll(roles);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TenantScope scope
                && Objects.equals(tenantId, scope.tenantId)
                && grantableRoles.equals(scope.grantableRoles);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenantId, grantableRoles);
    }

    /** Returns a text that is the same on all nodes, because cursors of pages contain its digest. */
    @Override
    public String toString() {
        return tenantId == null ? "all tenants" : "tenant " + tenantId;
    }
}
