package io.portcullis.chaos.fault;

import io.portcullis.chaos.world.World;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A temporary fault.
 *
 * @param stale the guaranteed bound on staleness during the fault and directly after it
 * @param skew the clock difference between nodes that it causes
 * @param emptiesRedis whether tombstones may be missing afterwards, without a replay
 * @param cut the stores that it makes unreachable
 * @param hold the least duration for the fault to take effect
 * @param effect begins the fault
 */
public record Fault(
        String name, Duration stale, Duration skew, boolean emptiesRedis, Cut cut, Duration hold, Effect effect) {
    private static final Duration HOLD = Duration.ofSeconds(2);
    static final Duration CUT_OFF = Duration.ofSeconds(1);

    /** Creates a fault during which nothing may be stale. */
    static Fault exact(String name, Effect effect) {
        return new Fault(name, Duration.ZERO, Duration.ZERO, false, Cut.NONE, HOLD, effect);
    }

    /** Creates a fault that cuts a node off, or that makes Redis fail over. */
    static Fault cutOff(String name, Effect effect) {
        return new Fault(name, CUT_OFF, Duration.ZERO, false, Cut.NONE, HOLD, effect);
    }

    Fault emptying() {
        return new Fault(name, stale, skew, true, cut, hold, effect);
    }

    Fault skewing(Duration by) {
        return new Fault(name, stale, by, emptiesRedis, cut, hold, effect);
    }

    Fault holding(Duration least) {
        return new Fault(name, stale, skew, emptiesRedis, cut, least, effect);
    }

    Fault cutting(Cut cut) {
        return new Fault(name, stale, skew, emptiesRedis, cut, hold, effect);
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
         * @return the task that ends the fault
         */
        Runnable begin(World world, RandomGenerator random);
    }
}
