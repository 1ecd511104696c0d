package io.portcullis.gateway.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The login log.
 *
 * @param loginLogRetention time for which an entry of the login log is kept
 */
@ConfigurationProperties("portcullis.audit")
record AuditProperties(@DefaultValue("180d") Duration loginLogRetention) {
    AuditProperties {
        // The limits on wrong passwords count the entries of the failure window, which is at most one hour.
        if (loginLogRetention.toHours() < 1) {
            throw new IllegalArgumentException("portcullis.audit.login-log-retention: " + loginLogRetention
                    + " (expected: 1h or more, with its unit, such as 180d)");
        }
    }
}
