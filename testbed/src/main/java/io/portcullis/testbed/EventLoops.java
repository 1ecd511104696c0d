package io.portcullis.testbed;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells what the event loops of this JVM are doing, for the failure of a test that waited in vain for a response. */
public final class EventLoops {
    private static final int MAX_FRAMES = 25;
    private static final List<String> WAITING = List.of("epollWait", "select", "poll0", "wait");

    private EventLoops() {}

    /** Returns the state of each event loop: that it waits for events, or its stack. A loop whose thread has ended is missing. */
    public static String describe() {
        Map<String, String> loops = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (thread.getName().contains("-epoll-") || thread.getName().contains("-nio-")) {
                loops.put(thread.getName() + " #" + thread.getId(), describe(thread, frames));
            }
        });
        return loops.entrySet().stream()
                .map(loop -> loop.getKey() + ": " + loop.getValue())
                .collect(Collectors.joining("\n", "Event loops:\n", "\n"));
    }

    private static String describe(Thread thread, StackTraceElement[] frames) {
        if (Arrays.stream(frames).limit(4).anyMatch(frame -> WAITING.contains(frame.getMethodName()))) {
            return "waits for events";
        }
        return Arrays.stream(frames)
                .limit(MAX_FRAMES)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining("", thread.getState().toString(), ""));
    }
}
