package io.portcullis.chaos.fault;

import io.portcullis.chaos.world.World;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Something that goes wrong, for a while.
 *
 * @param stale the published bound while it lasts and right after
 * @param skew how far it makes the nodes' clocks differ
 * @param emptiesRedis whether tombstones may be missing afterwards without a replay
 * @param cut which way it leaves nobody through
 * @param hold the least time that it needs to show
 */
public record Fault(
        String name, Duration stale, Duration skew, boolean emptiesRedis, Cut cut, Duration hold, Effect effect) {
    private static final Duration HOLD = Duration.ofSeconds(2);
    static final Duration CUT_OFF = Duration.ofSeconds(1);

    /** One after which nothing may be stale. */
    static Fault exact(String name, Effect effect) {
        return new Fault(name, Duration.ZERO, Duration.ZERO, false, Cut.NONE, HOLD, effect);
    }

    /** One that cuts a node off, or makes Redis fail over. */
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

    Fault cutting(Cut what) {
        return new Fault(name, stale, skew, emptiesRedis, what, hold, effect);
    }

    /** What nodes cannot reach while a fault lasts. */
    public enum Cut {
        NONE,
        /** One node has no Redis. */
        REDIS_OF_ONE,
        /** One node has another Redis than the rest. */
        TWO_MASTERS,
        /** At least one node has no MySQL. */
        MYSQL
    }

    /** Begins the fault. */
    @FunctionalInterface
    public interface Effect {
        /**
         * @param random decides what the fault leaves open, such as which node it hits
         * @return what ends it
         */
        Runnable begin(World world, RandomGenerator random);
    }
}
