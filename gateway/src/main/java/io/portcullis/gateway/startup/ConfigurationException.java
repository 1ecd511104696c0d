package io.portcullis.gateway.startup;

/**
 * Stops the start because of a configuration error. The description names the error and its place, the action tells the operator
 * what to write instead. {@link ConfigurationFailureAnalyzer} prints both without a stack trace.
 */
public final class ConfigurationException extends RuntimeException {
    private final String action;

    /**
     * @param description one sentence that names the error and its place
     * @param action one sentence that tells the operator how to correct it
     */
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
