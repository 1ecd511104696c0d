package io.portcullis.gateway.tenant;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Binds the property of logins that concerns tenants.
 *
 * @param tenantHeader request header of a login that names the tenant, such as tenant-id; portcullis.account.query receives it as :tenant.
 *     Without it, a login names no tenant
 */
@ConfigurationProperties("portcullis.login")
record LoginTenantProperties(@Nullable String tenantHeader) {
    static final String TENANT_HEADER = "portcullis.login.tenant-header";

    private static final Pattern FIELD_NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

    LoginTenantProperties {
        if (tenantHeader != null && !FIELD_NAME.matcher(tenantHeader).matches()) {
            throw new IllegalArgumentException(
                    TENANT_HEADER + ": " + tenantHeader + " (expected: the name of a header, such as tenant-id)");
        }
    }
}
