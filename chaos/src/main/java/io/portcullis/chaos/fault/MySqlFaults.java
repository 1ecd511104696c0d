package io.portcullis.chaos.fault;

import io.portcullis.chaos.fault.Fault.Cut;
import io.portcullis.chaos.fault.Fault.Injection;
import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.world.MySqlStore;
import io.portcullis.chaos.world.MySqlTopology;
import io.portcullis.chaos.world.World;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.GaleraCluster;
import io.portcullis.testbed.ReplicatedDatabase;
import io.portcullis.testbed.Signals;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

/** The faults of the servers of MySQL. */
final class MySqlFaults {
    /** Longer than a gateway node needs to find the new writer, so that its clients see both times. */
    private static final Duration FAILOVER = Duration.ofSeconds(8);
    /** Longer than the nodes of a cluster wait for one that does not answer before they go on without it. */
    private static final Duration EVICTION = Duration.ofSeconds(10);

    private static final int DELAY_SECONDS = 5;

    private MySqlFaults() {}

    static List<Fault> of(MySqlTopology topology) {
        Stream<Fault> own = switch (topology) {
            case SINGLE -> ofWriter();
            case REPLICA, SEMI_SYNC -> Stream.concat(ofWriter(), ofReplication(topology));
            case GALERA -> ofCluster();
        };
        // Nothing may be stale, because the end of a session waits for MySQL and the ledger remains readable.
        Fault readOnly = Fault.exact("mysql-read-only", (world, random) -> {
            DatabaseServer writer = world.mysql().writer();
            writer.setReadOnly(true);
            return Injection.everywhere(world, () -> writer.setReadOnly(false));
        });
        // With several servers a node looks for another writer meanwhile, and reads nothing.
        return Stream.concat(
                        own, Stream.of(topology == MySqlTopology.SINGLE ? readOnly : unavailableForAWhile(readOnly)))
                .toList();
    }

    private static Fault unavailable(Fault fault) {
        return Fault.cutOff(fault.name(), fault.effect()).cutting(Cut.MYSQL).losing(Loss.MYSQL);
    }

    /** Returns the fault as one during which MySQL is there again after a while, at another server. */
    private static Fault unavailableForAWhile(Fault fault) {
        return unavailable(fault).losing(Loss.QUERIES);
    }

    /** Returns the faults of the server that takes the writes, and that goes on as the writer afterwards. */
    private static Stream<Fault> ofWriter() {
        return Stream.of(
                unavailable(Fault.exact("mysql-stop", (world, random) -> {
                    long pid = world.mysql().writer().pid();
                    Signals.stop(pid);
                    return Injection.everywhere(world, () -> Signals.resume(pid));
                })),
                unavailable(Fault.exact("mysql-kill", (world, random) -> {
                    world.mysql().writer().crash();
                    return Injection.everywhere(world, () -> restartWriter(world));
                })));
    }

    private static void restartWriter(World world) {
        if (world.mysql() instanceof MySqlStore.Replicated replicated) {
            replicated.database().restartPrimary();
        } else {
            world.mysql().writer().restart();
        }
    }

    private static Stream<Fault> ofReplication(MySqlTopology topology) {
        boolean waits = topology == MySqlTopology.SEMI_SYNC;
        Fault stopped = Fault.exact("mysql-replication-stopped", (world, random) -> {
            ReplicatedDatabase database = replicated(world).database();
            database.setReceiving(false);
            return Injection.everywhere(world, () -> database.setReceiving(true));
        });
        Fault killed =
                failover("mysql-failover-kill", database -> database.primary().crash());
        Fault late = failover("mysql-failover-late", database -> {
            database.setDelay(DELAY_SECONDS);
            Pause.of(Duration.ofSeconds(1));
            database.primary().crash();
        });
        Fault hung = failover(
                "mysql-failover-stop",
                database -> Signals.stop(database.primary().pid()));
        return Stream.of(
                waits ? unavailableForAWhile(stopped) : stopped,
                Fault.exact("mysql-replication-late", (world, random) -> {
                    ReplicatedDatabase database = replicated(world).database();
                    database.setDelay(DELAY_SECONDS);
                    return Injection.everywhere(world, () -> database.setDelay(0));
                }),
                failover("mysql-switch", database -> database.primary().setReadOnly(true)),
                waits ? killed : killed.losingCommits(),
                waits ? late : late.losingCommits(),
                waits ? hung : hung.losingCommits());
    }

    /** Promotes the replica after the end of the primary as the writer. A new replica replaces the former primary when the fault ends. */
    private static Fault failover(String name, Consumer<ReplicatedDatabase> failure) {
        return unavailableForAWhile(Fault.exact(name, (world, random) -> {
                    MySqlStore.Replicated replicated = replicated(world);
                    failure.accept(replicated.database());
                    // A failover manager needs a while to decide.
                    Pause.of(Duration.ofMillis(random.nextInt(100, 1_500)));
                    replicated.promoteReplica();
                    return Injection.everywhere(world, () -> {
                        replicated.replaceFormerPrimary();
                        world.retargetMySql();
                    });
                }))
                .holding(FAILOVER);
    }

    private static MySqlStore.Replicated replicated(World world) {
        return (MySqlStore.Replicated) world.mysql();
    }

    /** Returns the faults of one node of a Galera cluster. The other two nodes go on. */
    private static Stream<Fault> ofCluster() {
        return Stream.of(
                ofNode("galera-kill", (cluster, node) -> cluster.node(node).crash(), GaleraCluster::rejoin),
                ofNode(
                        "galera-kill-without-state",
                        (cluster, node) -> cluster.node(node).crash(),
                        GaleraCluster::rejoinWithoutState),
                ofNode(
                        "galera-stop",
                        (cluster, node) -> Signals.stop(cluster.node(node).pid()),
                        (cluster, node) -> Signals.resume(cluster.node(node).pid())),
                ofNode(
                        "galera-partition",
                        (cluster, node) -> cluster.isolate(node, true),
                        (cluster, node) -> cluster.isolate(node, false)),
                ofNode(
                        "galera-drain",
                        (cluster, node) -> cluster.drain(node, true),
                        (cluster, node) -> cluster.drain(node, false)),
                ofNode("galera-late", GaleraCluster::stopApplying, GaleraCluster::applyAgain));
    }

    private static Fault ofNode(String name, ObjIntConsumer<GaleraCluster> begin, ObjIntConsumer<GaleraCluster> end) {
        return unavailableForAWhile(Fault.exact(name, (world, random) -> {
                    GaleraCluster cluster = ((MySqlStore.Galera) world.mysql()).cluster();
                    int node = random.nextInt(GaleraCluster.NODES);
                    begin.accept(cluster, node);
                    return Injection.everywhere(world, () -> {
                        end.accept(cluster, node);
                        cluster.awaitInStep();
                    });
                }))
                .holding(EVICTION);
    }
}
