package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A real database server on a free loopback port: MariaDB 11.4, or MySQL 8.0 if {@code portcullis.testbed.database} is {@code
 * mysql}. The server starts with an empty database. Its data is deleted when it is closed or when this JVM ends.
 *
 * <p>If {@code PORTCULLIS_TESTBED_R2DBC_URL}, {@code ..._USERNAME} and {@code ..._PASSWORD} are set, this class represents that
 * external server instead, and neither starts nor stops it. {@link #close} drops the databases created with {@link
 * #createDatabase}.
 */
public final class DatabaseServer implements AutoCloseable {
    private static final String DATABASE = "portcullis";
    private static final String USERNAME = "portcullis";
    private static final String APPLICATION = "portcullis_application";

    private final R2dbcUrl url;
    private final String username;
    private final String password;
    private @Nullable ServerProcess process;
    private final Queue<String> created = new ConcurrentLinkedQueue<>();

    private DatabaseServer(R2dbcUrl url, String username, String password, @Nullable ServerProcess process) {
        this.url = url;
        this.username = username;
        this.password = password;
        this.process = process;
    }

    /**
     * Starts a server and waits until it accepts queries.
     *
     * @throws ServerStartException if the server does not start; the message names the remedy
     */
    public static DatabaseServer start() {
        Optional<String> external = Settings.find(Settings.R2DBC_URL);
        if (external.isPresent()) {
            return external(external.get());
        }
        return start(newPassword(), List.of(), List.of());
    }

    static String newPassword() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /**
     * Starts a server with more arguments, which have precedence.
     *
     * @param statements the SQL statements that the server executes at its start before those of the testbed
     */
    static DatabaseServer start(String password, List<String> arguments, List<String> statements) {
        DatabaseProduct product = DatabaseProduct.selected();
        DatabaseProduct.Installation installation = product.install();
        return Ports.withFreePort(port -> start(product, installation, port, password, arguments, statements));
    }

    private static DatabaseServer external(String url) {
        return new DatabaseServer(
                R2dbcUrl.parse(url),
                Settings.find(Settings.USERNAME).orElse("root"),
                Settings.find(Settings.PASSWORD).orElse(""),
                null);
    }

    private static DatabaseServer start(
            DatabaseProduct product,
            DatabaseProduct.Installation installation,
            int port,
            String password,
            List<String> arguments,
            List<String> statements) {
        Path directory = ServerProcess.newDirectory();
        BinaryCache.copy(installation.data(), directory.resolve("data"));
        writeInitFile(directory.resolve("init.sql"), password, statements, true);
        List<String> all = product.arguments(installation, directory, port);
        all.addAll(arguments);
        ServerProcess process = ServerProcess.launch(installation.binary(), directory, all);
        return attach(process, port, product.sslMode(), password, DatabaseProduct.START_LIMIT);
    }

    /** Returns the server of a process without TLS that was started with {@link #writeInitFile}'s accounts, when it accepts queries. */
    static DatabaseServer attach(ServerProcess process, int port, String password, Duration limit) {
        return attach(process, port, "disabled", password, limit);
    }

    private static DatabaseServer attach(
            ServerProcess process, int port, String sslMode, String password, Duration limit) {
        R2dbcUrl url = new R2dbcUrl("mysql", Ports.LOOPBACK, port, DATABASE, "sslMode=" + sslMode);
        DatabaseServer server = new DatabaseServer(url, USERNAME, password, process);
        // The password is random, so that another server on the same port cannot be mistaken for this one.
        process.awaitReady(limit, () -> server.execute("DO 1"));
        return server;
    }

    /** Writes the statements of the start; those that create the database and the accounts only if {@code accounts} is set. */
    static void writeInitFile(Path file, String password, List<String> before, boolean accounts) {
        // The servers expect one statement per line. The first account has all privileges, because tests also kill
        // connections, create users and set global variables.
        List<String> statements = new ArrayList<>(before);
        statements.addAll(accounts ? accounts(password) : List.of("DO 1;"));
        try {
            Files.write(file, statements);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> accounts(String password) {
        return List.of(
                "CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4;".formatted(DATABASE),
                "CREATE USER IF NOT EXISTS '%s'@'127.0.0.1' IDENTIFIED BY '%s';".formatted(USERNAME, password),
                "GRANT ALL PRIVILEGES ON *.* TO '%s'@'127.0.0.1' WITH GRANT OPTION;".formatted(USERNAME),
                "CREATE USER IF NOT EXISTS '%s'@'127.0.0.1' IDENTIFIED BY '%s';".formatted(APPLICATION, password),
                "GRANT ALL PRIVILEGES ON %s.* TO '%s'@'127.0.0.1';".formatted(DATABASE, APPLICATION),
                "DROP USER IF EXISTS 'root'@'localhost';");
    }

    /** Returns the R2DBC URL of the database {@code portcullis}, with the options that the driver needs ({@code sslMode}). */
    public String r2dbcUrl() {
        return url.toString();
    }

    /**
     * Returns the R2DBC URL of a database as one that leads through a proxy, without TLS: the proxy must read the statements. MySQL allows
     * it once the user has logged in with TLS.
     *
     * @param url a URL of {@link #r2dbcUrl()} or {@link #createDatabase()}
     */
    public static String throughProxy(String url, int proxyPort) {
        return R2dbcUrl.parse(url).withPortWithoutTls(proxyPort).toString();
    }

    /** Returns the account that has all privileges on this server. */
    public String username() {
        return username;
    }

    /**
     * Returns the account that has all privileges on the database {@code portcullis} and no others. Unlike {@link
     * #username()} it cannot write while the server is read-only. On an external server it is the same as {@link
     * #username()}.
     */
    public String applicationUsername() {
        return process == null ? username : APPLICATION;
    }

    /** Returns the password of {@link #username()} and {@link #applicationUsername()}. It differs at each start. */
    public String password() {
        return password;
    }

    /** Returns the TCP port that the server listens on. */
    public int port() {
        return url.port();
    }

    /**
     * Creates an empty database (utf8mb4) under a new name, so that a test class can use a database of its own.
     *
     * @return the R2DBC URL of the database, for the same account
     */
    public String createDatabase() {
        String name =
                "test_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        try {
            execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create a database at " + url.host() + ":" + url.port(), e);
        }
        created.add(name);
        return url.withDatabase(name).toString();
    }

    /** Executes one statement with all rights. */
    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Opens a connection with all rights and no database. */
    Connection connect() throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", username);
        login.setProperty("password", password);
        // DriverManager does not find the driver from every thread of a Spring Boot JAR.
        return Objects.requireNonNull(new org.mariadb.jdbc.Driver().connect(url.jdbcUrl(), login));
    }

    /** Returns the process id of the server, -1 for an external server. */
    public long pid() {
        return process == null ? -1 : process.pid();
    }

    /** Kills the server process. Committed data remains for {@link #restart()}. */
    public void crash() {
        requireOwnProcess().crash();
    }

    /**
     * Starts the server again after a {@link #crash()}, on the same port and with its data.
     *
     * @throws ServerStartException if the server does not start
     */
    public void restart() {
        restart(List.of());
    }

    /** Starts the server again as {@link #restart()} does, with more arguments, which have precedence. */
    void restart(List<String> arguments) {
        replaceProcess(requireOwnProcess().relaunch(arguments), DatabaseProduct.START_LIMIT);
    }

    /** Returns the directory of the server's files. */
    Path directory() {
        return requireOwnProcess().directory();
    }

    /** Starts the server again after a {@link #crash()}, without one of its arguments. */
    void restartWithout(String argument, Duration limit) {
        replaceProcess(requireOwnProcess().relaunchWithout(argument), limit);
    }

    private void replaceProcess(ServerProcess restarted, Duration limit) {
        process = restarted;
        restarted.awaitReady(limit, () -> execute("DO 1"));
    }

    /**
     * Makes the server refuse the writes of {@link #applicationUsername()}, like a demoted primary, or accept them again.
     *
     * @throws IllegalStateException for an external server
     */
    public void setReadOnly(boolean readOnly) {
        long pid = requireOwnProcess().pid();
        try {
            execute("SET GLOBAL read_only = " + (readOnly ? 1 : 0));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot set read_only of the database server with pid " + pid, e);
        }
    }

    private ServerProcess requireOwnProcess() {
        ServerProcess own = process;
        if (own == null) {
            throw new IllegalStateException("database server: external (expected: one that the testbed has started)");
        }
        return own;
    }

    /** Kills the server and deletes its files. On an external server, drops the databases that were created here. */
    @Override
    public void close() {
        if (process != null) {
            process.close();
            return;
        }
        for (String name; (name = created.poll()) != null; ) {
            try {
                execute("DROP DATABASE IF EXISTS " + name);
            } catch (SQLException e) {
                throw new IllegalStateException("cannot drop the database " + name, e);
            }
        }
    }
}
