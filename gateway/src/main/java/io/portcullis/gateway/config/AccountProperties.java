package io.portcullis.gateway.config;

import io.portcullis.core.r2dbc.QueryAccountRepository;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Selects the source of accounts: the gateway's own table, or a query on an existing one.
 *
 * @param query SQL on an existing user table; it selects id, username, password hash, status, roles and user type by
 *     :username. Without it, the gateway uses its own table
 * @param enabledValues values of the selected status with which an account may log in; upper and lower case are equal
 * @param password rules for new passwords, and the cost of their hashes
 */
@ConfigurationProperties("portcullis.account")
record AccountProperties(
        @Nullable String query,
        @DefaultValue({"ENABLED", "1", "TRUE"}) List<String> enabledValues,
        @DefaultValue @NestedConfigurationProperty PasswordProperties password) {
    AccountProperties {
        if (query != null) {
            QueryAccountRepository.requireQuery(query);
        }
        enabledValues = List.copyOf(enabledValues);
        if (enabledValues.isEmpty() || enabledValues.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("portcullis.account.enabled-values: " + enabledValues
                    + " (expected: one or more texts of the status that mean enabled, such as ENABLED,1,TRUE)");
        }
    }
}
