package io.portcullis.gateway.tenant;

import io.portcullis.core.account.TenantIds;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Finds the tenant in which a login looks up its username, where usernames are unique within a tenant only. */
public final class LoginTenants {
    private final @Nullable String header;

    /** @param header the name of the header that names the tenant; null if usernames are unique */
    LoginTenants(@Nullable String header) {
        this.header = header;
    }

    /**
     * Returns the tenant that the headers of a login name; null if usernames are unique. Fails with {@code TENANT_REQUIRED} if the header
     * is missing, and with {@code BAD_REQUEST} if it is repeated or cannot be the id of a tenant.
     */
    public @Nullable String of(HttpHeaders headers) {
        if (header == null) {
            return null;
        }
        List<String> values = headers.getOrEmpty(header);
        if (values.stream().allMatch(String::isBlank)) {
            throw PortcullisException.of(
                    ErrorCode.TENANT_REQUIRED, "header " + header + " (expected: the id of the tenant)");
        }
        if (values.size() > 1) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "header " + header + " (expected: once)");
        }
        return requireId("header " + header, values.get(0));
    }

    /**
     * Returns the tenant that a field of a login's body names; null if it names none. Fails with {@code BAD_REQUEST} if the field cannot
     * be the id of a tenant.
     */
    public @Nullable String of(String field, @Nullable String value) {
        return value == null || value.isEmpty() ? null : requireId(field, value);
    }

    private static String requireId(String field, String value) {
        if (!TenantIds.isValid(value)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, field + " (expected: " + TenantIds.RULE + ")");
        }
        return value;
    }
}
