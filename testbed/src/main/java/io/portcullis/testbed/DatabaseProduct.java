package io.portcullis.testbed;

import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database that can be unpacked and run: its files, its first data directory, and its command line. */
sealed interface DatabaseProduct permits MariaDb, MySql {
    /** Starting takes under a second; this is for a machine that does many other things at the same time. */
    Duration START_LIMIT = Duration.ofSeconds(60);

    /** The product that is asked for, MariaDB if none is. */
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

    /** The unpacked program; its directory also holds the data directory to start from, see {@link #install}. */
    Installation install();

    /** The TLS mode that clients must use, in the words of the R2DBC driver. */
    String sslMode();

    /** What only this product must be told at every start. */
    List<String> ownArguments();

    /**
     * @param home where the program's files are
     * @param data an initialised data directory, to be copied for each server
     */
    record Installation(ServerBinary binary, Path home, Path data) {}

    /** The resource, or a failure that says what to do without it. */
    static URL require(String product, String resource) {
        return ClassPathFiles.find(resource)
                .orElseThrow(() -> new ServerStartException(
                        "%s: no binary for %s on the class path (%s). %s"
                                .formatted(product, Platform.current(), resource, Settings.OWN_DATABASE),
                        null));
    }

    /** What both products must be told, when they run and when they make a data directory. */
    static List<String> commonArguments(Path home, Path data) {
        List<String> arguments = new ArrayList<>(List.of(
                // must be first: no configuration of the machine's own servers may leak in
                "--no-defaults",
                "--basedir=" + home,
                "--datadir=" + data,
                "--character-set-server=utf8mb4",
                "--innodb-buffer-pool-size=64M",
                // asynchronous I/O has system-wide limits that many servers at once run into
                "--innodb-use-native-aio=0",
                "--skip-log-bin"));
        if (Platform.superuser()) {
            arguments.add("--user=root");
        }
        return arguments;
    }

    /** The whole command line of a server. */
    default List<String> arguments(Installation installation, Path directory, int port) {
        List<String> arguments = commonArguments(installation.home(), directory.resolve("data"));
        arguments.addAll(List.of(
                "--bind-address=" + Ports.LOOPBACK,
                "--port=" + port,
                // relative to the data directory: the path of a socket must be short
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
