package io.portcullis.testbed;

import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database product that the testbed can unpack and run: its files, its initial data directory, and its command line. */
sealed interface DatabaseProduct permits MariaDb, MySql {
    /** The time limit for a start. A start takes less than a second on an idle machine; the limit allows for a busy one. */
    Duration START_LIMIT = Duration.ofSeconds(60);

    /** Returns the product that the setting {@code portcullis.testbed.database} selects, MariaDB by default. */
    static DatabaseProduct selected() {
        String name = Settings.find(Settings.DATABASE).orElse("mariadb");
        return switch (name) {
            case "mariadb" -> new MariaDb();
            case "mysql" -> new MySql();
            default ->
                throw new IllegalArgumentException(
                        "%s: %s (expected: mariadb or mysql)".formatted(Settings.DATABASE, name));
        };
    }

    /** Unpacks the program and initialises a data directory, unless the cache contains both. */
    Installation install();

    /** Returns the TLS mode that clients must use, as a value of the R2DBC driver's {@code sslMode}. */
    String sslMode();

    /** Returns the command line arguments that only this product needs. */
    List<String> ownArguments();

    /** Returns the statements, arguments and columns with which this product replicates. */
    Replication replication();

    /**
     * How a product replicates from one server to another.
     *
     * @param arguments the arguments of each server
     * @param semiSynchronousPrimary the further arguments of a primary whose commits wait for the replica; empty if the
     *     product cannot do that
     * @param semiSynchronousReplica the further arguments of that replica
     * @param source the statement that names the source; its parameters are the port, the user and the password
     * @param delay the statement, while the replication is stopped, that delays the execution; its parameter is the number of seconds
     * @param stopReceiving the statement that ends the receiving of events, but not their execution
     * @param stop the statement that ends the replication
     * @param forget the statement that forgets the source
     * @param start the statement that starts the replication
     * @param status the statement that returns its status
     * @param receiving the column of the status that tells what the receiving thread does
     * @param executing the column that tells what the executing thread does
     */
    record Replication(
            List<String> arguments,
            List<String> semiSynchronousPrimary,
            List<String> semiSynchronousReplica,
            String source,
            String delay,
            String stopReceiving,
            String stop,
            String forget,
            String start,
            String status,
            String receiving,
            String executing) {}

    /**
     * An unpacked program with an initialised data directory.
     *
     * @param home the directory of the program's files
     * @param data an initialised data directory, which is copied for each server
     */
    record Installation(ServerBinary binary, Path home, Path data) {}

    /**
     * Returns the URL of a resource.
     *
     * @throws ServerStartException if the resource is not on the class path; the message names an alternative
     */
    static URL require(String product, String resource) {
        return ClassPathFiles.find(resource)
                .orElseThrow(() -> new ServerStartException(
                        "%s: no binary for %s on the class path (%s). %s"
                                .formatted(product, Platform.current(), resource, Settings.OWN_DATABASE),
                        null));
    }

    /** Returns the arguments that both products need, for running and for initialising a data directory. */
    static List<String> commonArguments(Path home, Path data) {
        List<String> arguments = new ArrayList<>(List.of(
                // must be the first argument; ignores the configuration files of this machine
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + data,
                "--character-set-server=utf8mb4",
                "--innodb-buffer-pool-size=64M",
                // asynchronous I/O has system-wide limits, which many servers at once exceed
                "--innodb-use-native-aio=0",
                "--skip-log-bin"));
        if (Platform.superuser()) {
            arguments.add("--user=root");
        }
        return arguments;
    }

    /** Returns the complete command line of a server. */
    default List<String> arguments(Installation installation, Path directory, int port) {
        List<String> arguments = commonArguments(installation.home(), directory.resolve("data"));
        arguments.addAll(List.of(
                "--bind-address=" + Ports.LOOPBACK,
                "--port=" + port,
                // relative to the data directory, because the length of a socket path is limited
                "--socket=server.sock",
                "--pid-file=" + directory.resolve("server.pid"),
                "--tmpdir=" + directory,
                "--init-file=" + directory.resolve("init.sql"),
                "--skip-name-resolve",
                "--max-connections=300"));
        arguments.addAll(ownArguments());
        return arguments;
    }
}
