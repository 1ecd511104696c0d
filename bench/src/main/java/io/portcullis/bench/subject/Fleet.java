package io.portcullis.bench.subject;

import java.util.ArrayList;
import java.util.List;

/** The running subjects of one comparison. Only one of them receives a load at a time. */
public record Fleet(List<RunningSubject> members) implements AutoCloseable {
    /** Starts the subjects one after the other, so that a starting subject does not slow down another one. */
    public static Fleet start(Launcher launcher, List<Subject> subjects) {
        List<RunningSubject> running = new ArrayList<>();
        try {
            subjects.forEach(subject -> running.add(launcher.start(subject)));
            return new Fleet(List.copyOf(running));
        } catch (RuntimeException e) {
            running.forEach(RunningSubject::close);
            throw e;
        }
    }

    @Override
    public void close() {
        members.forEach(RunningSubject::close);
    }
}
