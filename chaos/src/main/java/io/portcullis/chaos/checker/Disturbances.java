package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Disturbance;
import io.portcullis.chaos.history.Disturbance.Loss;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The disturbances of a round, by node and time. */
final class Disturbances {
    private static final Set<Loss> SIGNAL = EnumSet.of(Loss.SIGNAL, Loss.REDIS);
    private static final Set<Loss> QUERIES = EnumSet.of(Loss.QUERIES, Loss.MYSQL);

    private final List<Disturbance> all;

    Disturbances(List<Disturbance> all) {
        this.all = all;
    }

    /** Returns whether a message about an end, from any node to any other, may have been lost in a period. */
    boolean loseSignal(long from, long until) {
        return all.stream().anyMatch(disturbance -> has(disturbance, SIGNAL) && overlaps(disturbance, from, until));
    }

    /** Returns whether the node's queries for ended sessions may have failed in a period. */
    boolean loseQueries(int node, long from, long until) {
        return at(node).anyMatch(disturbance -> has(disturbance, QUERIES) && overlaps(disturbance, from, until));
    }

    /** Returns whether the process of the node ended at about the given time. */
    boolean loseProcess(int node, long at) {
        return at(node).anyMatch(
                        disturbance -> has(disturbance, EnumSet.of(Loss.PROCESS)) && overlaps(disturbance, at, at));
    }

    /** Returns whether neither store may have answered the node at the given time. */
    boolean loseBothStores(int node, long at) {
        return Stream.of(SIGNAL, QUERIES)
                .allMatch(losses ->
                        at(node).anyMatch(disturbance -> has(disturbance, losses) && overlaps(disturbance, at, at)));
    }

    /** Returns the time from which on the node certainly reached neither store; empty if it always reached one. */
    OptionalLong withoutStoresFrom(int node) {
        OptionalLong redis = first(node, Loss.REDIS);
        OptionalLong mysql = first(node, Loss.MYSQL);
        return redis.isEmpty() || mysql.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(later(redis.getAsLong(), mysql.getAsLong()));
    }

    private OptionalLong first(int node, Loss loss) {
        return at(node).filter(disturbance -> disturbance.losses().contains(loss))
                .mapToLong(Disturbance::from)
                .reduce(Disturbances::earlier);
    }

    /** Returns the time of the first end of a fault; {@code otherwise} if there were no faults. */
    long firstOver(long otherwise) {
        return all.stream()
                .mapToLong(Disturbance::over)
                .reduce(Disturbances::earlier)
                .orElse(otherwise);
    }

    /** Returns the time at which every node worked again; {@code otherwise} if there were no faults. */
    long healedAt(long otherwise) {
        return all.stream()
                .mapToLong(Disturbance::until)
                .reduce(Disturbances::later)
                .orElse(otherwise);
    }

    private Stream<Disturbance> at(int node) {
        return all.stream().filter(disturbance -> disturbance.nodes().contains(node));
    }

    private static boolean has(Disturbance disturbance, Set<Loss> losses) {
        return disturbance.losses().stream().anyMatch(losses::contains);
    }

    private static boolean overlaps(Disturbance disturbance, long from, long until) {
        return disturbance.from() - until <= 0 && from - disturbance.until() <= 0;
    }

    /** Returns the earlier of two values of {@link System#nanoTime()}. */
    static long earlier(long one, long other) {
        return one - other <= 0 ? one : other;
    }

    /** Returns the later of two values of {@link System#nanoTime()}. */
    static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }
}
