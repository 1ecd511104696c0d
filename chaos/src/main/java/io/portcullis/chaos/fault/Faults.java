package io.portcullis.chaos.fault;

import io.portcullis.chaos.fault.Fault.Cut;
import io.portcullis.chaos.history.Disturbance.Loss;
import io.portcullis.chaos.world.MySqlTopology;
import io.portcullis.chaos.world.Node;
import io.portcullis.chaos.world.RedisTopology;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All faults by name. */
public final class Faults {
    private final Map<String, Fault> byName = new LinkedHashMap<>();

    private Faults() {}

    /** Returns the faults that apply to the topologies of both stores. */
    public static Faults of(RedisTopology topology, MySqlTopology mysql) {
        Faults faults = new Faults();
        faults.add(ServerFaults.common());
        faults.add(MySqlFaults.of(mysql));
        faults.add(NetworkFaults.of("mysql", Node::mysql, "COMMIT", Cut.MYSQL, Cut.MYSQL, Loss.MYSQL, Loss.QUERIES));
        // Nothing may be stale, because the end of a session waits for MySQL.
        faults.add(List.of(
                Fault.exact("mysql-slow", NetworkFaults.slow(Node::mysql)).losing(Loss.QUERIES)));
        switch (topology) {
            case SINGLE -> {
                faults.add(ServerFaults.single());
                // Matches the reason in a tombstone, which is plain text.
                faults.add(NetworkFaults.of(
                        "redis", Faults::redis, "LOGOUT", Cut.NONE, Cut.REDIS_OF_ONE, Loss.REDIS, Loss.SIGNAL));
                faults.add(List.of(
                        Fault.cutOff("redis-slow", NetworkFaults.slow(Faults::redis))
                                .losing(Loss.SIGNAL),
                        NetworkFaults.lateIssue(),
                        NetworkFaults.isolation()));
            }
            // The hold time suffices for the sentinels to agree and for the old master to return as a replica.
            case SENTINEL -> faults.replace("redis-stop", "sentinel-failover", Duration.ofSeconds(6));
            case CLUSTER -> faults.replace("redis-stop", "cluster-master-stop", Duration.ofSeconds(5));
        }
        return faults;
    }

    private static List<TcpProxy> redis(Node node) {
        return List.of(node.redis());
    }

    private void add(List<Fault> all) {
        all.forEach(fault -> byName.put(fault.name(), fault));
    }

    private void replace(String name, String newName, Duration hold) {
        Fault fault = byName.remove(name);
        if (fault != null) {
            add(List.of(
                    Fault.cutOff(newName, fault.effect()).losing(Loss.SIGNAL).holding(hold)));
        }
    }

    /** Returns all faults, in the order of their registration. */
    public Collection<Fault> all() {
        return byName.values();
    }

    /**
     * Returns the fault of the given name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public Fault named(String name) {
        Fault fault = byName.get(name);
        if (fault == null) {
            throw new IllegalArgumentException(
                    "fault: " + name + " (expected: " + String.join(", ", byName.keySet()) + ")");
        }
        return fault;
    }
}
