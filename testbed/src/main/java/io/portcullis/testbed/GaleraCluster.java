package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Three real nodes of a Galera cluster on loopback, of the MariaDB that the system has installed: the package of the testbed has no
 * replication library. All nodes take writes.
 *
 * <p>If this JVM runs as root, the nodes run as the user {@code mysql}, who owns their directories. Otherwise rsync, with which a node
 * gets its first state from another, refuses to write.
 */
public final class GaleraCluster implements AutoCloseable {
    /** The number of nodes. */
    public static final int NODES = 3;

    /** Makes a node begin a cluster instead of joining one. */
    private static final String NEW_CLUSTER = "--wsrep-new-cluster";

    private static final String USER = "mysql";
    private static final Path SERVER = Path.of("/usr/sbin/mariadbd");
    private static final Path INSTALL = Path.of("/usr/bin/mariadb-install-db");
    private static final Path RSYNC = Path.of("/usr/bin/rsync");
    /** Transfers the first state. */
    private static final Path TRANSFER = Path.of("/usr/bin/wsrep_sst_rsync");

    private static final Path LIBRARY = Path.of("/usr/lib/galera/libgalera_smm.so");
    private static final int TRANSFER_ATTEMPTS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final ServerBinary BINARY =
            new ServerBinary("MariaDB with Galera", SERVER, "mariadb-server galera-4 rsync", "");

    /** The ports of a node: of SQL, of the group, of the incremental and of the full transfer of the state. */
    private record NodePorts(int sql, int group, int increment, int state) {
        static NodePorts free() {
            return new NodePorts(Ports.free(), Ports.free(), Ports.free(), Ports.free());
        }
    }

    private final String password = DatabaseServer.newPassword();
    private final List<NodePorts> ports =
            Stream.generate(NodePorts::free).limit(NODES).toList();
    private final List<DatabaseServer> nodes = new ArrayList<>();
    private final Map<Integer, Connection> locks = new HashMap<>();

    private GaleraCluster() {}

    /** Returns why this system cannot run the cluster; empty if it can. */
    public static Optional<String> obstacle() {
        List<String> missing = Stream.of(SERVER, INSTALL, RSYNC, TRANSFER, LIBRARY)
                .filter(Files::notExists)
                .map(Path::toString)
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("Galera needs Debian's mariadb-server, galera-4 and rsync; missing: " + missing);
    }

    /**
     * Starts the nodes one after the other, which takes about 15 s, and waits until all are in step.
     *
     * @throws ServerStartException if a node does not start
     */
    public static GaleraCluster start() {
        var cluster = new GaleraCluster();
        try {
            for (int i = 0; i < NODES; i++) {
                int number = i;
                cluster.nodes.add(withTransfer(() -> cluster.startNode(number)));
                cluster.awaitSize(i + 1);
            }
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Starts a node. Tries again if the receiver of the state has not begun: the script of the transfer asks twice whether its rsync
     * listens, and gives up if the answers differ.
     */
    private static DatabaseServer withTransfer(Supplier<DatabaseServer> start) {
        for (int attempt = 1; ; attempt++) {
            try {
                return start.get();
            } catch (ServerStartException e) {
                if (attempt == TRANSFER_ATTEMPTS || !e.transferFailed()) {
                    throw e;
                }
            }
        }
    }

    private DatabaseServer startNode(int number) {
        Path directory = ServerProcess.newDirectory();
        if (number == 0) {
            run(
                    "mariadb-install-db",
                    INSTALL.toString(),
                    "--no-defaults",
                    "--datadir=" + directory.resolve("data"),
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db");
        } else {
            createData(directory);
        }
        // The other nodes get the accounts with the state of the first.
        DatabaseServer.writeInitFile(directory.resolve("init.sql"), password, List.of(), number == 0);
        own(directory);
        ServerProcess process = ServerProcess.launch(BINARY, directory, arguments(directory, number));
        return DatabaseServer.attach(process, ports.get(number).sql(), password, START_LIMIT);
    }

    private static void createData(Path directory) {
        try {
            Files.createDirectory(directory.resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void own(Path directory) {
        if (Platform.superuser()) {
            run("chown", "chown", "-R", USER + ":" + USER, directory.toString());
        }
    }

    private static void run(String name, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new ServerStartException(name + " failed: " + output, null);
            }
        } catch (IOException e) {
            throw new ServerStartException("cannot run " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerStartException("interrupted while running " + name, e);
        }
    }

    private List<String> arguments(Path directory, int number) {
        NodePorts own = ports.get(number);
        String members = ports.stream().map(node -> "127.0.0.1:" + node.group()).collect(Collectors.joining(","));
        List<String> arguments = new ArrayList<>(List.of(
                "--no-defaults",
                "--datadir=" + directory.resolve("data"),
                "--port=" + own.sql(),
                "--bind-address=127.0.0.1",
                "--socket=server.sock",
                "--pid-file=" + directory.resolve("server.pid"),
                "--tmpdir=" + directory,
                "--init-file=" + directory.resolve("init.sql"),
                "--skip-name-resolve",
                "--character-set-server=utf8mb4",
                "--max-connections=300",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=16M",
                "--innodb-use-native-aio=0",
                "--innodb-autoinc-lock-mode=2",
                "--binlog-format=ROW",
                "--wsrep-on=ON",
                "--wsrep-provider=" + LIBRARY,
                "--wsrep-cluster-name=portcullis-testbed",
                "--wsrep-cluster-address=gcomm://" + members,
                "--wsrep-node-name=node-" + number,
                "--wsrep-node-address=127.0.0.1:" + own.group(),
                "--wsrep-sst-method=rsync",
                "--wsrep-sst-receive-address=127.0.0.1:" + own.state(),
                "--wsrep-slave-threads=2",
                "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:" + own.group()
                        + ";ist.recv_addr=127.0.0.1:" + own.increment() + ";gcache.size=16M;pc.recovery=false"));
        if (Platform.superuser()) {
            arguments.add("--user=" + USER);
        }
        if (number == 0) {
            arguments.add(NEW_CLUSTER);
        }
        return arguments;
    }

    private void awaitSize(int size) {
        Await.until(
                () -> "a cluster of " + size + " nodes in step",
                START_LIMIT,
                () -> nodes.stream().allMatch(node -> isSynced(node, size)));
    }

    /** Waits until all nodes are in step. */
    public void awaitInStep() {
        awaitSize(NODES);
    }

    /** Starts a node again after its crash. The node gets what it has missed from another node; see {@link #awaitInStep}. */
    public void rejoin(int number) {
        DatabaseServer node = nodes.get(number);
        // The statements of the first start would be refused while the node is not in step.
        DatabaseServer.writeInitFile(node.directory().resolve("init.sql"), password, List.of(), false);
        var unused = withTransfer(() -> {
            node.restartWithout(NEW_CLUSTER, START_LIMIT);
            return node;
        });
    }

    /** Starts a node again after its crash, as {@link #rejoin} does, without its data: it gets the whole state from another node. */
    public void rejoinWithoutState(int number) {
        try {
            Files.delete(nodes.get(number).directory().resolve("data/grastate.dat"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rejoin(number);
    }

    /** Cuts a node off from the other nodes, but not from its clients, or connects it again. */
    public void isolate(int number, boolean isolated) {
        set(number, "wsrep_provider_options = 'gmcast.isolate=" + (isolated ? 1 : 0) + "'");
    }

    /** Makes a node refuse all statements, as before maintenance, or accept them again. */
    public void drain(int number, boolean drained) {
        set(number, "wsrep_reject_queries = " + (drained ? "ALL" : "NONE"));
    }

    /** Makes a node execute nothing that the others commit, and no writes of its own, until {@link #applyAgain}. */
    public void stopApplying(int number) {
        try {
            Connection connection = nodes.get(number).connect();
            locks.put(number, connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute("FLUSH TABLES WITH READ LOCK");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("node " + number + ": cannot be locked", e);
        }
    }

    /** Ends {@link #stopApplying}. */
    public void applyAgain(int number) {
        try (Connection lock = Objects.requireNonNull(locks.remove(number), "not locked")) {
            try (Statement statement = lock.createStatement()) {
                statement.execute("UNLOCK TABLES");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("node " + number + ": cannot be unlocked", e);
        }
    }

    private void set(int number, String variable) {
        try {
            nodes.get(number).execute("SET GLOBAL " + variable);
        } catch (SQLException e) {
            throw new IllegalStateException("node " + number + ": cannot set " + variable, e);
        }
    }

    private static boolean isSynced(DatabaseServer node, int size) {
        String synced =
                "SELECT COUNT(*) = 2 FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'WSREP_CLUSTER_SIZE'"
                        + " AND VARIABLE_VALUE = '" + size
                        + "' OR VARIABLE_NAME = 'WSREP_LOCAL_STATE' AND VARIABLE_VALUE = '4'";
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(synced)) {
            return rows.next() && rows.getBoolean(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Returns a node, counted from 0. */
    public DatabaseServer node(int number) {
        return nodes.get(number);
    }

    /** Returns the R2DBC URL of the database {@code portcullis} on these nodes, in this order. */
    public String r2dbcUrl(int... numbers) {
        String first = "127.0.0.1:" + ports.get(0).sql();
        String list = IntStream.of(numbers)
                .mapToObj(number -> "127.0.0.1:" + ports.get(number).sql())
                .collect(Collectors.joining(","));
        return nodes.get(0).r2dbcUrl().replace(first, list);
    }

    @Override
    public void close() {
        nodes.forEach(DatabaseServer::close);
    }
}
