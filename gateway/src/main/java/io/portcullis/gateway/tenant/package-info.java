/**
 * Finds the tenant of a login (docs/tenants.md). Start with {@link io.portcullis.gateway.tenant.LoginTenants}. May import:
 * {@code startup}.
 */
@NullMarked
package io.portcullis.gateway.tenant;

import org.jspecify.annotations.NullMarked;
