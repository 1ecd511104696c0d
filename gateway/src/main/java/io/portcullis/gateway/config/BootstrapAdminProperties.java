package io.portcullis.gateway.config;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.error.PortcullisException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The first administrator, created at start if no account exists. Both values or none must be set.
 *
 * @param username name of the first administrator, created if no account exists
 * @param password password of the first administrator, at least 8 characters
 */
@ConfigurationProperties("portcullis.bootstrap-admin")
record BootstrapAdminProperties(
        @Nullable String username, @Nullable String password) {
    BootstrapAdminProperties {
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException(
                    "portcullis.bootstrap-admin: one of username and password is missing (expected: both or none)");
        }
        if (username != null && password != null) {
            check("portcullis.bootstrap-admin.username", () -> NewAccount.requireUsername(username));
            check("portcullis.bootstrap-admin.password", () -> NewAccount.requirePassword(password));
        }
    }

    /** Applies the core's rules for accounts at binding, before the gateway connects to a store. */
    private static void check(String name, Runnable rule) {
        try {
            rule.run();
        } catch (PortcullisException e) {
            // Without the cause, which Boot would print instead of the sentence.
            throw new IllegalArgumentException(name + ": " + e.detail());
        }
    }

    @Override
    public String toString() {
        return "BootstrapAdminProperties[username=" + username + "]";
    }
}
