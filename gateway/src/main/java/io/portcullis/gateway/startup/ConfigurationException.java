package io.portcullis.gateway.startup;

/** A configuration that the gateway cannot start with: what is wrong and where, and what to write. */
public final class ConfigurationException extends RuntimeException {
    private final String action;

    public ConfigurationException(String description, String action) {
        super(description);
        this.action = action;
    }

    public String description() {
        return String.valueOf(getMessage());
    }

    public String action() {
        return action;
    }
}
