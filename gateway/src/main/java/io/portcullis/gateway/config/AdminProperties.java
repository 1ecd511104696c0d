package io.portcullis.gateway.config;

import io.portcullis.core.account.TenantIds;
import io.portcullis.core.account.TenantRules;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Rules for the administrators of tenants (ADR 41).
 *
 * @param unrestrictedTenants tenants whose administrators administer all tenants
 * @param tenantRoles roles that an administrator of one tenant may give to accounts, in addition to the administrator's own
 */
@ConfigurationProperties("portcullis.admin")
record AdminProperties(
        @DefaultValue List<String> unrestrictedTenants,
        @DefaultValue("user") List<String> tenantRoles) {
    AdminProperties {
        unrestrictedTenants = List.copyOf(unrestrictedTenants);
        tenantRoles = List.copyOf(tenantRoles);
        if (!unrestrictedTenants.stream().allMatch(TenantIds::isValid)) {
            throw new IllegalArgumentException("portcullis.admin.unrestricted-tenants: " + unrestrictedTenants
                    + " (expected: ids of tenants, each of " + TenantIds.RULE + ")");
        }
        if (tenantRoles.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "portcullis.admin.tenant-roles: " + tenantRoles + " (expected: names of roles, such as user)");
        }
    }

    TenantRules rules() {
        return new TenantRules(Set.copyOf(unrestrictedTenants), Set.copyOf(tenantRoles));
    }
}
