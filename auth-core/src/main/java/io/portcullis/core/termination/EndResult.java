package io.portcullis.core.termination;

/** The result of ending a session. */
public enum EndResult {
    ENDED,
    ALREADY_ENDED,
    NOT_FOUND
}
