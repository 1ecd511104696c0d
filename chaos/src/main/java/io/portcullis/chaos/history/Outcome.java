package io.portcullis.chaos.history;

/** What a client knows of an operation once it is over. */
public enum Outcome {
    /** Answered with success. */
    OK,
    /** Refused, with 401 or another 4xx. */
    FAIL,
    /** Answered 5xx or not at all: it may have happened, may happen later, or never. */
    UNKNOWN
}
