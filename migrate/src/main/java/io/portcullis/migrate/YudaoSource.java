package io.portcullis.migrate;

import com.nimbusds.jose.util.JSONArrayUtils;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the tables {@code system_*} of yudao (ruoyi-vue-pro and yudao-cloud), with or without its tenants. */
final class YudaoSource implements Source {
    private static final String HINT = "expected: the database of yudao with its tables system_*";
    /** The user type of {@code system_users}. Members are in another table, with ids of their own. */
    static final int ADMIN = 2;

    private final Database database;
    private final ZoneId zone;
    private final Instant now;

    /** @param now the time by which a token has expired */
    YudaoSource(Database database, ZoneId zone, Instant now) {
        this.database = database;
        this.zone = zone;
        this.now = now;
    }

    @Override
    public void check(Set<ImportPart> parts) throws SQLException {
        database.require("system_users", HINT, "id", "username", "password", "status", "deleted", "create_time");
        database.require("system_user_role", HINT, "user_id", "role_id", "deleted");
        database.require("system_role", HINT, "id", "code", "status", "deleted");
        if (parts.contains(ImportPart.CLIENTS)) {
            database.require(
                    "system_oauth2_client",
                    HINT,
                    "client_id",
                    "secret",
                    "name",
                    "status",
                    "authorized_grant_types",
                    "scopes",
                    "access_token_validity_seconds",
                    "refresh_token_validity_seconds",
                    "deleted");
        }
        if (parts.contains(ImportPart.TOKENS)) {
            String[] columns = {"id", "user_id", "user_type", "refresh_token", "client_id", "expires_time", "deleted"};
            database.require("system_oauth2_refresh_token", HINT, columns);
            database.require("system_oauth2_access_token", HINT, columns);
            database.require("system_oauth2_access_token", HINT, "access_token", "create_time");
        }
    }

    @Override
    public void accounts(PageConsumer<SourceAccount> consumer) throws SQLException {
        long last = Long.MIN_VALUE;
        List<SourceAccount> page;
        do {
            page = withRoles(database.select(
                    "SELECT " + userColumns() + " FROM system_users WHERE deleted = 0 AND id > ? ORDER BY id LIMIT "
                            + PAGE,
                    this::account,
                    last));
            if (!page.isEmpty()) {
                last = Long.parseLong(page.get(page.size() - 1).id());
                consumer.accept(page);
            }
        } while (page.size() == PAGE);
    }

    @Override
    public Map<String, SourceAccount> accountsById(Set<String> ids) throws SQLException {
        return SourceRows.byId(withRoles(database.selectIn(
                "SELECT " + userColumns() + " FROM system_users WHERE deleted = 0 AND id IN (?)", ids, this::account)));
    }

    @Override
    public Map<String, String> doubledUsernames() throws SQLException {
        Map<String, String> doubled = new HashMap<>();
        database.select(
                        "SELECT MIN(username), GROUP_CONCAT(id ORDER BY id) FROM system_users WHERE deleted = 0"
                                + " GROUP BY BINARY username HAVING COUNT(*) > 1",
                        row -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(entry -> doubled.put(entry.getKey(), entry.getValue()));
        return doubled;
    }

    private String userColumns() throws SQLException {
        Set<String> columns = database.columns("system_users");
        return "id, username, password, status, create_time, "
                + (columns.contains("tenant_id") ? "tenant_id, " : "NULL AS tenant_id, ")
                + (columns.contains("login_ip") ? "login_ip" : "NULL AS login_ip");
    }

    private SourceAccount account(ResultSet row) throws SQLException {
        return new SourceAccount(
                row.getString("id"),
                row.getString("username"),
                row.getString("password"),
                row.getInt("status") == 0,
                Set.of(),
                String.valueOf(ADMIN),
                tenant(row),
                row.getString("login_ip"),
                instant(row, "create_time"));
    }

    private static @Nullable String tenant(ResultSet row) throws SQLException {
        String tenant = row.getString("tenant_id");
        return tenant == null || tenant.equals("0") ? null : tenant;
    }

    private List<SourceAccount> withRoles(List<SourceAccount> users) throws SQLException {
        return SourceRows.withRoles(
                database,
                "SELECT u.user_id, r.code FROM system_user_role u JOIN system_role r ON r.id = u.role_id"
                        + " WHERE u.deleted = 0 AND r.deleted = 0 AND r.status = 0 AND u.user_id IN (?)",
                users);
    }

    @Override
    public List<SourceClient> clients() throws SQLException {
        return database.select(
                "SELECT * FROM system_oauth2_client WHERE deleted = 0 ORDER BY id",
                row -> new SourceClient(
                        row.getString("client_id"),
                        row.getString("name"),
                        row.getString("secret"),
                        row.getInt("status") == 0,
                        Set.copyOf(names(row, "authorized_grant_types")),
                        names(row, "scopes"),
                        row.getInt("access_token_validity_seconds"),
                        row.getInt("refresh_token_validity_seconds")));
    }

    /** An expired refresh token yields nothing in yudao either, so its row is not read. */
    @Override
    public void sessions(PageConsumer<SourceSession> consumer) throws SQLException {
        LocalDateTime local = LocalDateTime.ofInstant(now, zone);
        long last = Long.MIN_VALUE;
        List<Login> page;
        do {
            page = database.select(
                    "SELECT * FROM system_oauth2_refresh_token WHERE deleted = 0 AND expires_time > ? AND id > ? ORDER BY id"
                            + " LIMIT " + PAGE,
                    this::login,
                    local,
                    last);
            if (!page.isEmpty()) {
                last = Long.parseLong(page.get(page.size() - 1).session().id());
                consumer.accept(withAccess(page, local));
            }
        } while (page.size() == PAGE);
    }

    /** The token is needed to find its access tokens, and goes no further. */
    private record Login(String refreshToken, SourceSession session) {
        @Override
        public String toString() {
            return session.toString();
        }
    }

    private Login login(ResultSet row) throws SQLException {
        String token = row.getString("refresh_token");
        return new Login(
                token,
                new SourceSession(
                        row.getString("id"),
                        digest(token),
                        null,
                        row.getString("user_id"),
                        row.getInt("user_type") == ADMIN,
                        row.getString("client_id"),
                        names(row, "scopes"),
                        instant(row, "create_time"),
                        instant(row, "expires_time")));
    }

    private List<SourceSession> withAccess(List<Login> logins, LocalDateTime local) throws SQLException {
        Map<String, SourceSession.AccessToken> newest = new LinkedHashMap<>();
        database.selectIn(
                        "SELECT refresh_token, access_token, create_time, expires_time FROM system_oauth2_access_token"
                                + " WHERE deleted = 0 AND refresh_token IN (?) AND expires_time > ? ORDER BY id",
                        logins.stream().map(Login::refreshToken).toList(),
                        row -> Map.entry(row.getString("refresh_token"), accessToken(row)),
                        local)
                .forEach(entry -> entry.getValue().ifPresent(token -> newest.put(entry.getKey(), token)));
        return logins.stream()
                .map(login -> login.session().with(newest.get(login.refreshToken())))
                .toList();
    }

    private Optional<SourceSession.AccessToken> accessToken(ResultSet row) throws SQLException {
        String digest = digest(row.getString("access_token"));
        return digest == null
                ? Optional.empty()
                : Optional.of(new SourceSession.AccessToken(
                        digest, instant(row, "create_time"), instant(row, "expires_time")));
    }

    private static @Nullable String digest(String token) {
        return TokenCodec.hasImportedForm(token) ? TokenDigest.of(token) : null;
    }

    private Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).atZone(zone).toInstant();
    }

    /** Reads a list of names, which yudao stores as JSON. */
    private static List<String> names(ResultSet row, String column) throws SQLException {
        String json = row.getString(column);
        if (json == null || json.isBlank()) {
            return List.of();
        }
        try {
            return JSONArrayUtils.parse(json).stream().map(String::valueOf).toList();
        } catch (ParseException e) {
            throw new MigrationException(
                    "source.url: " + column + " of row " + row.getString("id") + " is not a list in JSON", e);
        }
    }
}
