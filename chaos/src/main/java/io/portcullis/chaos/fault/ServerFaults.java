package io.portcullis.chaos.fault;

import io.portcullis.chaos.fault.Fault.Cut;
import io.portcullis.chaos.world.GatewayProcess;
import io.portcullis.chaos.world.RedisStore;
import io.portcullis.chaos.world.World;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

/** What can happen to servers and nodes themselves. */
final class ServerFaults {
    private static final Duration SKEW = Duration.ofSeconds(5);

    private ServerFaults() {}

    /** Those that every topology of Redis knows. */
    static List<Fault> common() {
        return List.of(
                Fault.exact("none", (world, random) -> () -> {}),
                Fault.cutOff("redis-stop", stopping(world -> world.redis().victimPid())),
                Fault.exact("redis-flush", flushing()).emptying(),
                Fault.cutOff("mysql-stop", stopping(world -> world.database().pid()))
                        .cutting(Cut.MYSQL),
                Fault.cutOff("mysql-kill", (world, random) -> {
                            world.database().crash();
                            return () -> world.database().restart();
                        })
                        .cutting(Cut.MYSQL),
                Fault.exact("gateway-kill", killing()),
                Fault.exact("clock", shifting()).skewing(SKEW));
    }

    /** Those of a single Redis. */
    static List<Fault> single() {
        return List.of(Fault.cutOff("redis-kill", crashing(true)), Fault.cutOff("redis-lose", crashing(false)));
    }

    private static Fault.Effect stopping(ToLongFunction<World> victim) {
        return (world, random) -> {
            long pid = victim.applyAsLong(world);
            Signals.stop(pid);
            return () -> Signals.resume(pid);
        };
    }

    private static Fault.Effect flushing() {
        return (world, random) -> {
            Pulse pulse = Pulse.start((beats, beat) -> {
                world.inspector().emptyRedis();
                beats.sleep(300);
            });
            return pulse::stop;
        };
    }

    private static Fault.Effect crashing(boolean keepData) {
        return (world, random) -> {
            var server = ((RedisStore.Single) world.redis()).server();
            server.crash();
            return () -> server.restart(keepData);
        };
    }

    private static Fault.Effect killing() {
        return (world, random) -> {
            GatewayProcess victim =
                    world.nodes().get(random.nextInt(world.nodes().size())).gateway();
            victim.kill();
            return victim::launch;
        };
    }

    private static Fault.Effect shifting() {
        return (world, random) -> {
            GatewayProcess victim =
                    world.nodes().get(random.nextInt(world.nodes().size())).gateway();
            victim.shiftClock(random.nextBoolean() ? SKEW : SKEW.negated());
            return () -> victim.shiftClock(Duration.ZERO);
        };
    }
}
