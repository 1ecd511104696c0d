package io.portcullis.core.r2dbc;

import io.portcullis.core.account.TenantScope;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;

/** The condition of a statement that a row is in the scope of an administrator. Pages have it as a filter of {@link PageFilters}. */
final class ScopeSql {
    private ScopeSql() {}

    /** Returns the condition, to be appended to others, with the parameter of {@link #bind}; empty for all tenants. */
    static String condition(TenantScope tenants) {
        return tenants.restricted() ? " AND tenant_id = :tenantId" : "";
    }

    /** Binds the parameter of the condition, if the condition has one. */
    static GenericExecuteSpec bind(GenericExecuteSpec statement, TenantScope tenants) {
        String tenantId = tenants.tenantId();
        return tenantId == null ? statement : statement.bind("tenantId", tenantId);
    }
}
