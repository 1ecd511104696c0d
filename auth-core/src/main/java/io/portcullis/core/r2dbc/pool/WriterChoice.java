package io.portcullis.core.r2dbc.pool;

import io.portcullis.core.r2dbc.ServerAddress;
import io.portcullis.core.r2dbc.ServerState;
import io.portcullis.core.r2dbc.ServerState.Role;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the server that gets all work of a node, reads included: the one that takes writes. Not thread-safe.
 *
 * <p>The node stays with a server as long as that takes writes, or does not respond while no other server takes writes. Of the nodes of
 * one Galera cluster, which all take writes, the node stays with one.
 *
 * <p>Two servers that take writes and are no such nodes are two databases that drift apart. The node then uses none of them until one is
 * left, with one exception: it stays with its server if the other was last seen as the writer before, and so came back without being set
 * read-only.
 *
 * <p>A server that may have missed the writes of another one is barred: one that the node left, that takes writes beside the node's server, or
 * beside which another was promoted. It is used again once it, or every other server, was seen to take no writes. The silence of the
 * others is not enough, since they may be the writers.
 */
final class WriterChoice {
    private final List<ServerAddress> servers;
    private final Map<ServerAddress, ServerState> states = new HashMap<>();
    /** Whether each server took writes when it last responded. */
    private final Map<ServerAddress, Boolean> lastSeenWritable = new HashMap<>();

    private final Set<ServerAddress> barred = new HashSet<>();
    /** Whether a server is a node of a Galera cluster. Such a node knows by itself whether it may take writes, so none is barred. */
    private boolean cluster;

    private @Nullable ServerAddress writer;

    WriterChoice(List<ServerAddress> servers) {
        this.servers = servers;
    }

    /** Returns the chosen server; null if there is none. */
    @Nullable
    ServerAddress writer() {
        return writer;
    }

    /** Records the state of a server and chooses again, once the states of all servers are known. */
    void record(ServerAddress server, ServerState state) {
        boolean promoted = state.isWritable() && Boolean.FALSE.equals(lastSeenWritable.get(server));
        boolean first = states.size() < servers.size();
        states.put(server, state);
        cluster = cluster || !state.cluster().isEmpty();
        if (state.role() != Role.UNREACHABLE) {
            lastSeenWritable.put(server, state.isWritable());
            if (!state.isWritable()) {
                barred.remove(server);
            }
        }
        if (states.size() == servers.size()) {
            ServerAddress before = writer;
            bar(server, promoted, first);
            writer = choose(promoted ? server : null);
            if (before != null && writer != null && !before.equals(writer)) {
                barred.add(before);
                barred.remove(writer);
            }
        }
    }

    /** Bars the servers that take writes although another one does, and that are not the one of which this is known to be right. */
    private void bar(ServerAddress server, boolean promoted, boolean first) {
        List<ServerAddress> writable = writable();
        if (writable.size() < 2 || areOneCluster(writable)) {
            return;
        }
        ServerAddress current = writer;
        if (first) {
            barred.addAll(writable);
        } else if (current != null && writable.contains(server) && !server.equals(current)) {
            barred.add(promoted ? current : server);
        }
    }

    private @Nullable ServerAddress choose(@Nullable ServerAddress promoted) {
        List<ServerAddress> writable = writable();
        ServerAddress current = writer;
        if (writable.isEmpty()) {
            return unlessItResponds(current);
        }
        if (current != null && writable.contains(current)) {
            boolean second =
                    promoted != null && !promoted.equals(current) && !areOneCluster(List.of(current, promoted));
            return second ? null : current;
        }
        if (writable.size() > 1) {
            return areOneCluster(writable) ? writable.get(0) : null;
        }
        ServerAddress only = writable.get(0);
        if (!isBarred(only)) {
            return only;
        }
        return unlessItResponds(current);
    }

    private @Nullable ServerAddress unlessItResponds(@Nullable ServerAddress server) {
        return server != null && state(server).role() == Role.UNREACHABLE ? server : null;
    }

    private boolean isBarred(ServerAddress server) {
        return !cluster
                && barred.contains(server)
                && servers.stream()
                        .anyMatch(other -> !other.equals(server) && state(other).role() == Role.UNREACHABLE);
    }

    private boolean areOneCluster(List<ServerAddress> several) {
        ServerState first = state(several.get(0));
        return several.stream().allMatch(server -> state(server).isOfTheClusterOf(first));
    }

    private ServerState state(ServerAddress server) {
        return Objects.requireNonNull(states.get(server));
    }

    /** Returns the servers that take writes although the node uses another one or none; empty for nodes of one cluster. */
    List<ServerAddress> rivals() {
        List<ServerAddress> writable = writable();
        return writable.size() < 2 || areOneCluster(writable)
                ? List.of()
                : writable.stream().filter(server -> !server.equals(writer)).toList();
    }

    private List<ServerAddress> writable() {
        return servers.stream()
                .filter(server ->
                        states.getOrDefault(server, ServerState.UNREACHABLE).isWritable())
                .toList();
    }

    /** Returns the servers that take writes and are not used, because they may have missed those of a server that does not respond. */
    List<ServerAddress> barred() {
        return states.size() < servers.size()
                ? List.of()
                : writable().stream()
                        .filter(server -> !server.equals(writer) && isBarred(server))
                        .toList();
    }

    /** Returns whether the server does not respond. */
    boolean isLost(ServerAddress server) {
        return states.getOrDefault(server, ServerState.UNREACHABLE).role() == Role.UNREACHABLE;
    }

    /** Returns whether a server is a node of a Galera cluster. */
    boolean isOfCluster(ServerAddress server) {
        return states.containsKey(server) && !state(server).cluster().isEmpty();
    }

    /** Returns all servers with their roles, for the log. */
    String describe() {
        return servers.stream()
                .map(server -> server + " "
                        + (states.containsKey(server) ? text(state(server).role()) : "not asked yet"))
                .collect(Collectors.joining(", "));
    }

    private static String text(Role role) {
        return switch (role) {
            case WRITABLE -> "takes writes";
            case READ_ONLY -> "is read-only";
            case REPLICA -> "replicates from another server";
            case NOT_SYNCED -> "is not in step with its cluster";
            case DRAINED -> "is drained";
            case UNREACHABLE -> "does not respond";
        };
    }
}
