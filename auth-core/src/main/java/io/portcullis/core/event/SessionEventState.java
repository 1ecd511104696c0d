package io.portcullis.core.event;

/** The state of an event that has not been delivered. MySQL stores the constant's name, so no constant may be renamed. */
public enum SessionEventState {
    /** The event waits for its next attempt. */
    PENDING,
    /** The gateway has given the event up. An administrator can have it delivered again. */
    DEAD
}
