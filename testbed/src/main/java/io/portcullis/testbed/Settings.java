package io.portcullis.testbed;

import java.util.Locale;
import java.util.Optional;

/**
 * The settings of the testbed. Each one is a system property ({@code portcullis.testbed.r2dbc-url}) or an environment variable
 * ({@code PORTCULLIS_TESTBED_R2DBC_URL}). The property has precedence.
 */
final class Settings {
    static final String DATABASE = "portcullis.testbed.database";
    static final String R2DBC_URL = "portcullis.testbed.r2dbc-url";
    static final String USERNAME = "portcullis.testbed.username";
    static final String PASSWORD = "portcullis.testbed.password";
    static final String REDIS = "portcullis.testbed.redis";
    static final String CACHE = "portcullis.testbed.cache";

    static final String OWN_DATABASE =
            "Or use a server of your own: set %s (r2dbc:mysql://host:port/database), %s and %s."
                    .formatted(variable(R2DBC_URL), variable(USERNAME), variable(PASSWORD));
    static final String OWN_REDIS = "Or use a server of your own: set %s (host:port).".formatted(variable(REDIS));

    private Settings() {}

    /** Returns the value of a setting, empty if it is not set or blank. */
    static Optional<String> find(String property) {
        return Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable(property))))
                .filter(value -> !value.isBlank());
    }

    /** Returns the name of the environment variable of a property. */
    static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
