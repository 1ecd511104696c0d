package io.portcullis.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Runs steps against the gateway and keeps the states that the model can be in. Two calls at the same time are allowed what one order of
 * them allows.
 */
final class SessionHistory {
    private final SessionProtocol gateway;
    private final List<String> lines = new ArrayList<>();
    private Map<String, SessionModel> states = new LinkedHashMap<>();
    private boolean failed;
    private boolean whole = true;

    SessionHistory(SessionProtocol gateway) {
        this.gateway = gateway;
        states.put("", new SessionModel());
    }

    /** Runs one step, and returns whether the next one can follow: not if the model allows no such outcome, or the outcome is unknown. */
    boolean run(SessionStep step) {
        if (!whole) {
            return false;
        }
        SessionStep beside = step.beside();
        List<SessionStep.Chosen> calls = new ArrayList<>(List.of(step.choice().of(gateway)));
        if (beside != null) {
            calls.add(beside.choice().of(gateway));
        }
        List<Set<String>> outcomes = outcomes(calls);
        lines.add(step + " -> " + outcomes);
        whole = outcomes.stream().noneMatch(outcome -> outcome.contains(SessionProtocol.UNAVAILABLE));
        if (whole) {
            follow(calls, outcomes);
        }
        return whole && !failed;
    }

    private List<Set<String>> outcomes(List<SessionStep.Chosen> calls) {
        var started = calls.stream()
                .skip(1)
                .map(call -> CompletableFuture.supplyAsync(() -> call.on(gateway)))
                .toList();
        List<Set<String>> outcomes = new ArrayList<>(List.of(calls.get(0).on(gateway)));
        started.forEach(call -> outcomes.add(call.join()));
        return outcomes;
    }

    private void follow(List<SessionStep.Chosen> calls, List<Set<String>> outcomes) {
        Map<String, SessionModel> next = new LinkedHashMap<>();
        Set<String> allowed = new TreeSet<>();
        boolean two = calls.size() > 1;
        for (SessionModel state : states.values()) {
            for (SessionModel begun :
                    two ? List.of(state.copyForTwo(), state.copyForTwoAfterCheck()) : List.of(state)) {
                addIfAllowed(begun.copy(), calls, outcomes, next, allowed);
                if (two) {
                    addIfAllowed(begun.copy(), reversed(calls), reversed(outcomes), next, allowed);
                }
            }
        }
        if (next.isEmpty()) {
            failed = true;
            lines.add("  <<< allowed, in one order or the other: " + allowed);
        }
        states = next;
    }

    private static <T> List<T> reversed(List<T> two) {
        return List.of(two.get(1), two.get(0));
    }

    private static void addIfAllowed(
            SessionModel state,
            List<SessionStep.Chosen> order,
            List<Set<String>> outcomes,
            Map<String, SessionModel> next,
            Set<String> allowed) {
        List<Set<String>> all = order.stream().map(call -> call.on(state)).toList();
        allowed.add(all.toString());
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).containsAll(outcomes.get(i))) {
                return;
            }
        }
        state.settle();
        next.put(state.toString(), state);
    }

    boolean failed() {
        return failed;
    }

    /** Runs no further step. */
    void leaveOut() {
        whole = false;
    }

    /** Returns whether no step has been left out. */
    boolean isWhole() {
        return whole;
    }

    /** Returns the steps and their outcomes. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
