package io.portcullis.gateway;

import io.portcullis.migrate.Migrate;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.SqlClient;
import io.portcullis.testbed.Testbed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.springframework.core.env.Environment;

/** A database with yudao's schema, its users and logins, and the migration tool between it and the database of a node. */
final class YudaoDatabase implements AutoCloseable {
    static final String PASSWORD = "admin123";
    /** Of {@link #PASSWORD}, from the data that yudao and RuoYi ship with. */
    private static final String HASH = "$2a$10$7JB720yubVSZvUI0rEqK/.VqGOZTH.ulu33dHOiBE8ByOhJIrdAu2";

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final DatabaseServer SERVER = Testbed.shared().database();

    private final SqlClient client;
    private final Properties settings = new Properties();
    private long nextId = System.currentTimeMillis();

    YudaoDatabase(GatewayNode node) throws SQLException {
        String url = SERVER.createDatabase();
        client = SqlClient.open(SERVER, url);
        client.script("yudao-schema.sql");
        settings.putAll(Map.of(
                "source", "yudao",
                "name", "it-" + UUID.randomUUID().toString().substring(0, 8),
                "source.url", url,
                "source.username", SERVER.username(),
                "source.password", SERVER.password(),
                "source.time-zone", ZONE.getId(),
                "target.url", String.valueOf(node.bean(Environment.class).getProperty("spring.r2dbc.url")),
                "target.username", SERVER.username(),
                "target.password", SERVER.password()));
    }

    /** Returns the name of the database, for a query of the gateway. */
    String name() throws SQLException {
        return client.rows("SELECT DATABASE()").get(0);
    }

    /** Leaves the accounts in yudao. */
    void importLoginsOnly() {
        settings.setProperty("import", "clients,tokens");
    }

    /** The tokens of a login of yudao, and its user. */
    record Login(String userId, String username, String access, String refresh) {}

    /** Inserts a user of tenant 1 and a login that lasts. */
    Login login() throws SQLException {
        return login("yudao" + nextId, 1);
    }

    /** Inserts a user of a tenant, and a login that lasts. */
    Login login(String username, int tenant) throws SQLException {
        long id = nextId++;
        client.execute("INSERT INTO system_users (id, username, password, tenant_id) VALUES (" + id + ", '" + username
                + "', '" + HASH + "', " + tenant + ")");
        String refresh = token();
        LocalDateTime now = LocalDateTime.now(ZONE);
        client.execute("INSERT INTO system_oauth2_refresh_token"
                + " (user_id, refresh_token, user_type, client_id, scopes, expires_time, create_time, tenant_id) VALUES ("
                + id
                + ", '" + refresh + "', 2, 'default', NULL, '" + now.plusDays(30) + "', '" + now + "', 1)");
        return new Login(String.valueOf(id), username, access(id, refresh), refresh);
    }

    /** Inserts an access token of a login, as a refresh of yudao does. */
    String access(long userId, String refresh) throws SQLException {
        String access = token();
        LocalDateTime now = LocalDateTime.now(ZONE);
        client.execute("UPDATE system_oauth2_access_token SET deleted = b'1' WHERE refresh_token = '" + refresh + "'");
        client.execute("INSERT INTO system_oauth2_access_token"
                + " (user_id, user_type, access_token, refresh_token, client_id, expires_time, create_time, tenant_id) VALUES ("
                + userId + ", 2, '" + access + "', '" + refresh + "', 'default', '" + now.plusMinutes(30) + "', '" + now
                + "', 1)");
        return access;
    }

    /** Gives the user of a login a role that an administrator of a tenant has made. */
    void role(Login login, String code) throws SQLException {
        long id = nextId++;
        client.execute("INSERT INTO system_role (id, name, code) VALUES (" + id + ", 'r', '" + code + "')");
        client.execute("INSERT INTO system_user_role (user_id, role_id) VALUES (" + login.userId() + ", " + id + ")");
    }

    /** Ends a login, as a logout of yudao does. */
    void logOut(Login login) throws SQLException {
        for (String table : List.of("system_oauth2_access_token", "system_oauth2_refresh_token")) {
            client.execute("UPDATE " + table + " SET deleted = b'1' WHERE refresh_token = '" + login.refresh() + "'");
        }
    }

    /** Returns a token as yudao makes them. */
    static String token() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** Runs a command of the tool and returns its report. */
    String migrate(String command) throws Exception {
        Path file = Files.createTempFile("migrate", ".properties");
        try (var writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        try {
            var out = new ByteArrayOutputStream();
            var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
            int exit = Migrate.run(new String[] {command, file.toString()}, stream, stream, name -> null);
            String report = out.toString(StandardCharsets.UTF_8);
            if (exit != 0) {
                throw new IllegalStateException("exit code " + exit + ": " + report);
            }
            return report;
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void close() throws SQLException {
        client.close();
    }
}
