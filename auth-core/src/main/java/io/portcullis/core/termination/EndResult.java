package io.portcullis.core.termination;

/** What came of ending a session. */
public enum EndResult {
    ENDED,
    ALREADY_ENDED,
    NOT_FOUND
}
