package io.portcullis.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Runs steps against the gateway and keeps the states that the model can be in. Two calls at the same time are allowed what one order of
 * them allows.
 */
final class SessionHistory {
    private final SessionProtocol gateway;
    private final List<String> lines = new ArrayList<>();
    private Map<String, SessionModel> states = new LinkedHashMap<>();
    private boolean failed;

    SessionHistory(SessionProtocol gateway) {
        this.gateway = gateway;
        states.put("", new SessionModel());
    }

    /** Runs one step, and returns whether the model allows its outcome. */
    boolean run(SessionStep step) {
        SessionStep beside = step.beside();
        Map<String, SessionModel> next = new LinkedHashMap<>();
        Set<String> allowed = new TreeSet<>();
        if (beside == null) {
            Set<String> outcome = step.call().apply(gateway).get();
            lines.add(step + " -> " + outcome);
            states.values()
                    .forEach(state -> addIfAllowed(state.copy(), List.of(step), List.of(outcome), next, allowed));
        } else {
            Supplier<Set<String>> call = step.call().apply(gateway);
            var other = CompletableFuture.supplyAsync(beside.call().apply(gateway));
            Set<String> outcome = call.get();
            Set<String> otherOutcome = other.join();
            lines.add(step + " -> " + outcome + ", " + otherOutcome);
            for (SessionModel state : states.values()) {
                for (SessionModel begun : List.of(state, state.copyAfterCheck())) {
                    addIfAllowed(begun.copy(), List.of(step, beside), List.of(outcome, otherOutcome), next, allowed);
                    addIfAllowed(begun.copy(), List.of(beside, step), List.of(otherOutcome, outcome), next, allowed);
                }
            }
        }
        if (next.isEmpty()) {
            failed = true;
            lines.add("  <<< allowed: " + allowed);
        }
        states = next;
        return !failed;
    }

    /** The tokens of all calls are chosen before the first call. */
    private static void addIfAllowed(
            SessionModel state,
            List<SessionStep> order,
            List<Set<String>> outcomes,
            Map<String, SessionModel> next,
            Set<String> allowed) {
        List<Supplier<Set<String>>> calls =
                order.stream().map(step -> step.call().apply(state)).toList();
        List<Set<String>> all = calls.stream().map(Supplier::get).toList();
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

    /** Returns the steps and their outcomes. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
