package io.portcullis.chaos.fault;

import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.world.Node;
import io.portcullis.chaos.world.World;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A temporary fault.
 *
 * @param stale the guaranteed bound on staleness during the fault and directly after it, for ends with confirmed tombstones
 * @param skew the clock difference between nodes that it causes
 * @param emptiesRedis whether tombstones may be missing afterwards, without a replay
 * @param delaysTombstones whether a node's tombstone may miss its time limit while other nodes reach Redis
 * @param cut the stores that it makes unreachable
 * @param losesCommits whether MySQL may lose changes that it had confirmed
 * @param losses what the affected nodes cannot rely on for their streams
 * @param hold the least duration for the fault to take effect
 * @param effect begins the fault
 */
public record Fault(
        String name,
        Duration stale,
        Duration skew,
        boolean emptiesRedis,
        boolean delaysTombstones,
        Cut cut,
        boolean losesCommits,
        Set<Loss> losses,
        Duration hold,
        Effect effect) {
    private static final Duration HOLD = Duration.ofSeconds(2);
    static final Duration CUT_OFF = Duration.ofSeconds(1);

    public Fault {
        losses = Set.copyOf(losses);
    }

    /** Creates a fault during which nothing may be stale. */
    static Fault exact(String name, Effect effect) {
        return new Fault(name, Duration.ZERO, Duration.ZERO, false, false, Cut.NONE, false, Set.of(), HOLD, effect);
    }

    /** Creates a fault that cuts a node off, or that makes Redis fail over. */
    static Fault cutOff(String name, Effect effect) {
        return new Fault(name, CUT_OFF, Duration.ZERO, false, false, Cut.NONE, false, Set.of(), HOLD, effect);
    }

    Fault emptying() {
        return new Fault(name, stale, skew, true, delaysTombstones, cut, losesCommits, losses, hold, effect);
    }

    Fault delayingTombstones() {
        return new Fault(name, stale, skew, emptiesRedis, true, cut, losesCommits, losses, hold, effect);
    }

    Fault skewing(Duration by) {
        return new Fault(name, stale, by, emptiesRedis, delaysTombstones, cut, losesCommits, losses, hold, effect);
    }

    Fault holding(Duration least) {
        return new Fault(name, stale, skew, emptiesRedis, delaysTombstones, cut, losesCommits, losses, least, effect);
    }

    Fault cutting(Cut cut) {
        return new Fault(name, stale, skew, emptiesRedis, delaysTombstones, cut, losesCommits, losses, hold, effect);
    }

    Fault losing(Loss... lost) {
        return new Fault(
                name, stale, skew, emptiesRedis, delaysTombstones, cut, losesCommits, Set.of(lost), hold, effect);
    }

    Fault losingCommits() {
        return new Fault(name, stale, skew, emptiesRedis, delaysTombstones, cut, true, losses, hold, effect);
    }

    /** The stores that nodes cannot reach during a fault. */
    public enum Cut {
        NONE,
        /** One node cannot reach Redis. */
        REDIS_OF_ONE,
        /** One node uses a different Redis master from the others. */
        TWO_MASTERS,
        /** At least one node cannot reach MySQL. */
        MYSQL
    }

    /** Begins the fault. */
    @FunctionalInterface
    public interface Effect {
        /**
         * Begins the fault.
         *
         * @param random chooses the open parameters of the fault, such as the node that it affects
         * @return the affected nodes, and the task that ends the fault
         */
        Injection begin(World world, RandomGenerator random);
    }

    /**
     * A fault that has begun.
     *
     * @param nodes the numbers of the affected nodes
     * @param end ends the fault
     */
    public record Injection(Set<Integer> nodes, Runnable end) {
        public Injection {
            nodes = Set.copyOf(nodes);
        }

        static Injection everywhere(World world, Runnable end) {
            return new Injection(
                    world.nodes().stream().map(node -> node.gateway().number()).collect(Collectors.toSet()), end);
        }

        static Injection at(Node node, Runnable end) {
            return new Injection(Set.of(node.gateway().number()), end);
        }
    }
}
