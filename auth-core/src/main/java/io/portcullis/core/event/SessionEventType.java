package io.portcullis.core.event;

/** The types of session events, in their order within one session. MySQL and receivers know a type by its {@link #word}. */
public enum SessionEventType {
    /** A login opened the session. */
    OPENED("session-opened", 1),
    /** The session ended, for whatever reason. */
    ENDED("session-ended", 2);

    private final String word;
    private final int place;

    SessionEventType(String word, int place) {
        this.word = word;
        this.place = place;
    }

    /** Returns the name of the type in the outbox and in the event that the receiver gets. */
    public String word() {
        return word;
    }

    /** Returns the place of the event among the events of its session, 1 for the first. */
    public int place() {
        return place;
    }
}
