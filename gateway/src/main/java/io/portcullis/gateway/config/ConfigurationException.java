package io.portcullis.gateway.config;

/** A configuration that the gateway cannot start with: what is wrong and where, and what to write. */
final class ConfigurationException extends RuntimeException {
    private final String action;

    ConfigurationException(String description, String action) {
        super(description);
        this.action = action;
    }

    String description() {
        return String.valueOf(getMessage());
    }

    String action() {
        return action;
    }
}
