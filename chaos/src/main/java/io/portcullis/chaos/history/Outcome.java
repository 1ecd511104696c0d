package io.portcullis.chaos.history;

/** The outcome of a completed operation as its client knows it. */
public enum Outcome {
    /** Answered with success. */
    OK,
    /** Refused with a 4xx status, such as 401. */
    FAIL,
    /** Answered with a 5xx status or not at all: the operation may have taken effect, may do so later, or never. */
    UNKNOWN
}
