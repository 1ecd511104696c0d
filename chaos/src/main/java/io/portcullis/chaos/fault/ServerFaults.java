package io.portcullis.chaos.fault;

import io.portcullis.chaos.fault.Fault.Cut;
import io.portcullis.chaos.fault.Fault.Injection;
import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.world.Node;
import io.portcullis.chaos.world.RedisStore;
import io.portcullis.chaos.world.World;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.WriteRefusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The faults of servers and gateway nodes. */
final class ServerFaults {
    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final Duration TWO_MASTERS = Duration.ofSeconds(3);

    private ServerFaults() {}

    /** Returns the faults that apply to every Redis topology. */
    static List<Fault> common() {
        return List.of(
                Fault.exact("none", (world, random) -> Injection.everywhere(world, () -> {})),
                Fault.cutOff("redis-stop", stopping(world -> world.redis().victimPid()))
                        .losing(Loss.REDIS),
                Fault.exact("redis-flush", flushing()).emptying(),
                // Clients of the channel are disconnected, and subscribe again, several times a second.
                Fault.exact("redis-subscribers-kill", disconnectingSubscribers())
                        .losing(Loss.SIGNAL),
                // The messages that the node was about to send are lost with it.
                Fault.exact("gateway-kill", killing()).losing(Loss.PROCESS, Loss.SIGNAL),
                Fault.exact("clock", shifting()).skewing(SKEW));
    }

    /** Returns the faults that apply only to a single Redis server. */
    static List<Fault> single() {
        List<Fault> faults = new ArrayList<>(List.of(
                Fault.cutOff("redis-kill", crashing(true)).losing(Loss.REDIS),
                Fault.cutOff("redis-lose", crashing(false)).losing(Loss.REDIS),
                // Ended sessions are in the tombstones, which do not need the channel.
                Fault.exact("redis-publish-denied", denying("-publish", "+publish"))
                        .losing(Loss.SIGNAL),
                // Redis also disconnects the subscribers, which then cannot subscribe again.
                Fault.exact("redis-channel-denied", denying("resetchannels", "allchannels"))
                        .losing(Loss.SIGNAL)));
        for (WriteRefusal refusal : WriteRefusal.values()) {
            faults.add(Fault.cutOff(nameOf(refusal), refusing(refusal)));
        }
        faults.add(Fault.cutOff("redis-two-masters", splitting())
                .cutting(Cut.TWO_MASTERS)
                .losing(Loss.SIGNAL)
                .holding(TWO_MASTERS));
        return faults;
    }

    /** Returns the name of a fault, such as {@code redis-out-of-memory}. */
    private static String nameOf(WriteRefusal refusal) {
        return "redis-" + refusal.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Makes Redis refuse writes while it answers reads. */
    private static Fault.Effect refusing(WriteRefusal refusal) {
        return (world, random) -> {
            var server = ((RedisStore.Single) world.redis()).server();
            refusal.begin(server);
            return Injection.everywhere(world, () -> refusal.end(server));
        };
    }

    /**
     * Promotes a replica and directs all nodes except one to it; the remaining node continues to use the old master. At the
     * end the old master becomes a replica of the new one, is promoted again, and all nodes are directed back to it.
     */
    private static Fault.Effect splitting() {
        return (world, random) -> {
            RedisServer old = ((RedisStore.Single) world.redis()).server();
            RedisServer promoted = RedisServer.startReplica(old);
            promoted.promote();
            List<Node> led = new ArrayList<>(world.nodes());
            led.remove(random.nextInt(led.size()));
            led.forEach(node -> lead(node, promoted));
            return Injection.everywhere(world, () -> {
                old.follow(promoted);
                old.promote();
                world.nodes().forEach(node -> lead(node, old));
                promoted.close();
            });
        };
    }

    private static void lead(Node node, RedisServer master) {
        node.redis().retarget(master.host(), master.port());
        node.redis().cut();
    }

    private static Fault.Effect stopping(ToLongFunction<World> victim) {
        return (world, random) -> {
            long pid = victim.applyAsLong(world);
            Signals.stop(pid);
            return Injection.everywhere(world, () -> Signals.resume(pid));
        };
    }

    private static Fault.Effect flushing() {
        return (world, random) -> {
            Pulse pulse = Pulse.start((beats, beat) -> {
                world.inspector().emptyRedis();
                beats.sleep(300);
            });
            return Injection.everywhere(world, pulse::stop);
        };
    }

    private static Fault.Effect disconnectingSubscribers() {
        return (world, random) -> {
            Pulse pulse = Pulse.start((beats, beat) -> {
                world.inspector().disconnectSubscribers();
                beats.sleep(150);
            });
            return Injection.everywhere(world, pulse::stop);
        };
    }

    /** Withdraws a right of the user with which all nodes log in. */
    private static Fault.Effect denying(String withdrawal, String grant) {
        return (world, random) -> {
            var server = ((RedisStore.Single) world.redis()).server();
            change(server, withdrawal);
            return Injection.everywhere(world, () -> change(server, grant));
        };
    }

    private static void change(RedisServer server, String rights) {
        String unused = server.execute("ACL", "SETUSER", "default", rights);
    }

    private static Fault.Effect crashing(boolean keepData) {
        return (world, random) -> {
            var server = ((RedisStore.Single) world.redis()).server();
            server.crash();
            return Injection.everywhere(world, () -> server.restart(keepData));
        };
    }

    private static Fault.Effect killing() {
        return (world, random) -> {
            Node victim = world.anyNode(random);
            victim.gateway().kill();
            return Injection.at(victim, victim.gateway()::launch);
        };
    }

    private static Fault.Effect shifting() {
        return (world, random) -> {
            Node victim = world.anyNode(random);
            victim.gateway().shiftClock(random.nextBoolean() ? SKEW : SKEW.negated());
            return Injection.at(victim, () -> victim.gateway().shiftClock(Duration.ZERO));
        };
    }
}
