package io.portcullis.chaos.fault;

import io.portcullis.chaos.fault.Fault.Cut;
import io.portcullis.chaos.fault.Fault.Injection;
import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.world.Node;
import io.portcullis.chaos.world.World;
import io.portcullis.chaos.world.WorldOptions;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The faults of the network between the nodes and one of the stores. */
final class NetworkFaults {
    private static final int MIN_DELAY_MILLIS = 50;
    private static final int MAX_DELAY_MILLIS = 2_000;

    private NetworkFaults() {}

    /**
     * Returns the network faults of one store.
     *
     * @param store the first part of the names of the faults
     * @param proxiesOf returns the proxies between a node and the store
     * @param change text that each modifying request contains
     * @param cutFromAll the effect if no node reaches the store
     * @param cutFromOne the effect if one node does not reach the store
     * @param unreachable the loss of a node that does not reach the store
     * @param disturbed what a node loses if its requests are late, or if the messages on its connections are lost
     */
    static List<Fault> of(
            String store,
            Function<Node, List<TcpProxy>> proxiesOf,
            String change,
            Cut cutFromAll,
            Cut cutFromOne,
            Loss unreachable,
            Loss disturbed) {
        return List.of(
                Fault.cutOff(store + "-black-hole", onAll(proxiesOf, TcpProxy::blackHole))
                        .cutting(cutFromAll)
                        .losing(unreachable),
                Fault.cutOff(store + "-black-hole-one", onOne(proxiesOf, TcpProxy::blackHole))
                        .cutting(cutFromOne)
                        .losing(unreachable),
                Fault.cutOff(store + "-deaf-one", onOne(proxiesOf, TcpProxy::blackHoleRequests))
                        .cutting(cutFromOne)
                        .losing(unreachable),
                Fault.cutOff(store + "-mute-one", onOne(proxiesOf, TcpProxy::blackHoleResponses))
                        .cutting(cutFromOne)
                        .losing(unreachable),
                Fault.cutOff(store + "-cut-one", onOne(proxiesOf, NetworkFaults::unplug))
                        .cutting(cutFromOne)
                        .losing(unreachable),
                losingMessages(Fault.cutOff(store + "-reset", resetting(proxiesOf)), disturbed),
                Fault.cutOff(store + "-late-one", late(proxiesOf)).losing(disturbed),
                losingMessages(Fault.cutOff(store + "-lost-answers", losingAnswers(proxiesOf, change)), disturbed));
    }

    /** A node does not repeat a message that was lost with its connection. It repeats a query, with the same result. */
    private static Fault losingMessages(Fault fault, Loss disturbed) {
        return disturbed == Loss.SIGNAL ? fault.losing(disturbed) : fault;
    }

    private static void unplug(TcpProxy proxy) {
        proxy.refuse();
        proxy.cut();
    }

    private static Stream<TcpProxy> all(World world, Function<Node, List<TcpProxy>> proxiesOf) {
        return world.nodes().stream().flatMap(node -> proxiesOf.apply(node).stream());
    }

    private static Fault.Effect onAll(Function<Node, List<TcpProxy>> proxiesOf, Consumer<TcpProxy> action) {
        return (world, random) -> {
            all(world, proxiesOf).forEach(action);
            return Injection.everywhere(world, () -> all(world, proxiesOf).forEach(TcpProxy::heal));
        };
    }

    private static Fault.Effect onOne(Function<Node, List<TcpProxy>> proxiesOf, Consumer<TcpProxy> action) {
        return (world, random) -> {
            Node node = world.anyNode(random);
            List<TcpProxy> proxies = proxiesOf.apply(node);
            proxies.forEach(action);
            return Injection.at(node, () -> proxies.forEach(TcpProxy::heal));
        };
    }

    /** Cuts one node off from both stores, for longer than it keeps streams without news. */
    static Fault isolation() {
        return Fault.cutOff("stores-cut-one", (world, random) -> {
                    Node node = world.anyNode(random);
                    unplug(node.redis());
                    node.mysql().forEach(NetworkFaults::unplug);
                    return Injection.at(node, () -> {
                        node.mysql().forEach(TcpProxy::heal);
                        node.redis().heal();
                    });
                })
                .cutting(Cut.MYSQL)
                .losing(Loss.REDIS, Loss.MYSQL)
                .holding(WorldOptions.MAX_UNCHECKED.plusSeconds(4));
    }

    /** Resets every connection, twice a second. */
    private static Fault.Effect resetting(Function<Node, List<TcpProxy>> proxiesOf) {
        return (world, random) -> {
            Pulse pulse = Pulse.start((beats, beat) -> {
                all(world, proxiesOf).forEach(TcpProxy::cut);
                beats.sleep(500);
            });
            return Injection.everywhere(world, pulse::stop);
        };
    }

    /** Delays the answers to each node by its own random time of 50 to 2,000 ms. */
    static Fault.Effect slow(Function<Node, List<TcpProxy>> proxiesOf) {
        return (world, random) -> {
            for (Node node : world.nodes()) {
                // Logarithmic distribution, so that short delays are as frequent as long ones.
                double power = random.nextDouble();
                double factor = Math.pow((double) MAX_DELAY_MILLIS / MIN_DELAY_MILLIS, power);
                Duration delay = Duration.ofMillis((long) (MIN_DELAY_MILLIS * factor));
                proxiesOf.apply(node).forEach(proxy -> proxy.delay(delay));
            }
            return Injection.everywhere(world, () -> all(world, proxiesOf).forEach(TcpProxy::heal));
        };
    }

    /** Holds the requests of one node for 100 to 900 ms, repeatedly. Thus the store runs commands whose caller has given up. */
    private static Fault.Effect late(Function<Node, List<TcpProxy>> proxiesOf) {
        return (world, random) -> {
            Node node = world.anyNode(random);
            List<TcpProxy> proxies = proxiesOf.apply(node);
            long held = random.nextInt(100, 900);
            Pulse pulse = Pulse.start((beats, beat) -> {
                proxies.forEach(TcpProxy::blackHoleRequests);
                beats.sleep(held);
                proxies.forEach(TcpProxy::heal);
                beats.sleep(700);
            });
            return Injection.at(node, () -> {
                pulse.stop();
                proxies.forEach(TcpProxy::heal);
            });
        };
    }

    /**
     * Holds a node's write of an identity to Redis (at a login, refresh or fill), together with all later bytes on its
     * connection, for 0.5 to 1.8 s, repeatedly. The write thus arrives when the session may have ended.
     */
    static Fault lateIssue() {
        return Fault.exact("redis-late-issue-one", (world, random) -> {
                    Node node = world.anyNode(random);
                    TcpProxy proxy = node.redis();
                    long held = random.nextInt(500, 1_800);
                    Pulse pulse = Pulse.start((beats, beat) -> {
                        // Matches the username, which an identity contains and a tombstone does not.
                        var triggered = proxy.holdRequest("user-");
                        for (int i = 0; i < 20 && !triggered.isDone(); i++) {
                            beats.sleep(50);
                        }
                        beats.sleep(held);
                        proxy.heal();
                        beats.sleep(200);
                    });
                    return Injection.at(node, () -> {
                        pulse.stop();
                        proxy.heal();
                    });
                })
                .delayingTombstones()
                .losing(Loss.SIGNAL);
    }

    /** Forwards a change to the store and resets its connection before the answer arrives, five times a second. */
    private static Fault.Effect losingAnswers(Function<Node, List<TcpProxy>> proxiesOf, String change) {
        return (world, random) -> {
            Pulse pulse = Pulse.start((beats, beat) -> {
                Node node = world.nodes().get(beat % world.nodes().size());
                proxiesOf.apply(node).forEach(proxy -> {
                    var unused = proxy.dropResponse(change);
                });
                beats.sleep(200);
            });
            return Injection.everywhere(world, () -> {
                pulse.stop();
                all(world, proxiesOf).forEach(TcpProxy::heal);
            });
        };
    }
}
