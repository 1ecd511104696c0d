package io.portcullis.migrate;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the tables {@code sys_*} of RuoYi. Its tokens are JWTs that only Redis lists, so they are not imported. */
final class RuoYiSource implements Source {
    private static final String HINT = "expected: the database of RuoYi with its tables sys_*";
    private static final String COLUMNS = "user_id, user_name, password, status, user_type, create_time, login_ip";
    private static final String LIVE = " FROM sys_user WHERE del_flag = '0'";
    private static final String NO_TYPE = "00";

    private final Database database;
    private final ZoneId zone;

    RuoYiSource(Database database, ZoneId zone) {
        this.database = database;
        this.zone = zone;
    }

    @Override
    public void check(Set<ImportPart> parts) throws SQLException {
        database.require(
                "sys_user",
                HINT,
                "user_id",
                "user_name",
                "password",
                "status",
                "user_type",
                "del_flag",
                "create_time",
                "login_ip");
        database.require("sys_user_role", HINT, "user_id", "role_id");
        database.require("sys_role", HINT, "role_id", "role_key", "status", "del_flag");
    }

    @Override
    public void accounts(PageConsumer<SourceAccount> consumer) throws SQLException {
        long last = Long.MIN_VALUE;
        List<SourceAccount> page;
        do {
            page = withRoles(database.select(
                    "SELECT " + COLUMNS + LIVE + " AND user_id > ? ORDER BY user_id LIMIT " + PAGE,
                    this::account,
                    last));
            if (!page.isEmpty()) {
                last = Long.parseLong(page.get(page.size() - 1).id());
                consumer.accept(page);
            }
        } while (page.size() == PAGE);
    }

    @Override
    public Map<String, String> doubledUsernames() throws SQLException {
        return database
                .select(
                        "SELECT MIN(user_name), GROUP_CONCAT(user_id ORDER BY user_id)" + LIVE
                                + " GROUP BY BINARY user_name HAVING COUNT(*) > 1",
                        row -> Map.entry(row.getString(1), row.getString(2)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public Map<String, SourceAccount> accountsById(Set<String> ids) throws SQLException {
        return SourceRows.byId(
                withRoles(database.selectIn("SELECT " + COLUMNS + LIVE + " AND user_id IN (?)", ids, this::account)));
    }

    private SourceAccount account(ResultSet row) throws SQLException {
        LocalDateTime created = row.getObject("create_time", LocalDateTime.class);
        String type = row.getString("user_type");
        return new SourceAccount(
                row.getString("user_id"),
                row.getString("user_name"),
                row.getString("password"),
                "0".equals(row.getString("status")),
                Set.of(),
                type == null || type.isEmpty() ? NO_TYPE : type,
                null,
                row.getString("login_ip"),
                created == null ? Instant.EPOCH : created.atZone(zone).toInstant());
    }

    private List<SourceAccount> withRoles(List<SourceAccount> users) throws SQLException {
        return SourceRows.withRoles(
                database,
                "SELECT u.user_id, r.role_key FROM sys_user_role u JOIN sys_role r ON r.role_id = u.role_id"
                        + " WHERE r.del_flag = '0' AND r.status = '0' AND u.user_id IN (?)",
                users);
    }
}
