package io.portcullis.gateway.tenant;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.gateway.startup.ConfigurationException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates what finds the tenant of a login. */
@Configuration(proxyBeanMethods = false)
class TenantConfiguration {

    /** Refuses a header that no query reads, and a query whose parameter no header gives. */
    @Bean
    LoginTenants loginTenants(LoginTenantProperties properties, AccountRepository accounts) {
        String header = properties.tenantHeader();
        if (accounts.requiresTenant() && header == null) {
            throw new ConfigurationException(
                    "portcullis.account.query has the parameter :tenant, and no property says where a login names its tenant.",
                    "Set " + LoginTenantProperties.TENANT_HEADER + " to the name of a header, such as tenant-id.");
        }
        if (header != null && !accounts.requiresTenant()) {
            throw new ConfigurationException(
                    LoginTenantProperties.TENANT_HEADER + ": " + header + " would be ignored.",
                    "Use the parameter :tenant in portcullis.account.query, or leave the property out.");
        }
        return new LoginTenants(header);
    }
}
