package io.portcullis.core.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pending events of one session, in their order.
 *
 * @param events the events, one or more
 */
record SessionTurn(List<PendingEvent> events) {
    SessionTurn {
        events = List.copyOf(events);
    }

    /** Groups events by their session, in the order of the list. */
    static List<SessionTurn> group(List<PendingEvent> events) {
        Map<String, List<PendingEvent>> bySession = new LinkedHashMap<>();
        for (PendingEvent each : events) {
            bySession
                    .computeIfAbsent(each.event().sessionId(), id -> new ArrayList<>())
                    .add(each);
        }
        return bySession.values().stream().map(SessionTurn::new).toList();
    }

    PendingEvent first() {
        return events.get(0);
    }

    boolean hasOne() {
        return events.size() == 1;
    }

    /** Returns the turn without its first event; it must have another one. */
    SessionTurn next() {
        return new SessionTurn(events.subList(1, events.size()));
    }

    /** Returns the ids of all events but the first. */
    List<String> idsBehind() {
        return events.stream().skip(1).map(pending -> pending.event().id()).toList();
    }
}
