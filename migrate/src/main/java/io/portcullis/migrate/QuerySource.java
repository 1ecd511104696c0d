package io.portcullis.migrate;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the accounts by a query of the operator, such as those of an application with Sa-Token. All rows are held in memory. */
final class QuerySource implements Source {
    private static final List<String> COLUMNS =
            List.of("id", "username", "password_hash", "enabled", "roles", "user_type");

    private final Database database;
    private final String query;

    QuerySource(Database database, String query) {
        this.database = database;
        this.query = query;
    }

    @Override
    public void check(Set<ImportPart> parts) throws SQLException {
        String start = query.strip().toLowerCase(Locale.ROOT);
        if (!start.startsWith("select") || start.contains(";")) {
            throw new MigrationException("account-query: expected one SELECT statement");
        }
        try {
            database.select(query, this::columns);
        } catch (SQLException e) {
            throw new MigrationException("account-query: the source refuses it: " + e.getMessage(), e);
        }
    }

    private Set<String> columns(ResultSet row) throws SQLException {
        Set<String> names = new HashSet<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            names.add(row.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT));
        }
        if (!names.containsAll(COLUMNS)) {
            throw new MigrationException("account-query: selects " + names + " (expected: the columns " + COLUMNS
                    + ", named by AS, and tenant_id if there are tenants)");
        }
        return names;
    }

    @Override
    public void accounts(PageConsumer<SourceAccount> consumer) throws SQLException {
        List<SourceAccount> all = all();
        for (int start = 0; start < all.size(); start += PAGE) {
            consumer.accept(all.subList(start, Math.min(all.size(), start + PAGE)));
        }
    }

    private List<SourceAccount> all() throws SQLException {
        return new ArrayList<>(database.select(query, this::account));
    }

    @Override
    public Map<String, String> doubledUsernames() throws SQLException {
        Map<String, String> first = new HashMap<>();
        Map<String, String> doubled = new HashMap<>();
        for (SourceAccount account : all()) {
            String other = first.putIfAbsent(account.username(), account.id());
            if (other != null) {
                doubled.merge(account.username(), other + "," + account.id(), (ids, more) -> ids + "," + account.id());
            }
        }
        return doubled;
    }

    @Override
    public Map<String, SourceAccount> accountsById(Set<String> ids) throws SQLException {
        return all().stream()
                .filter(account -> ids.contains(account.id()))
                .collect(Collectors.toMap(SourceAccount::id, Function.identity(), (one, other) -> one));
    }

    private SourceAccount account(ResultSet row) throws SQLException {
        boolean tenants = columns(row).contains("tenant_id");
        String roles = row.getString("roles");
        return new SourceAccount(
                text(row, "id"),
                text(row, "username"),
                row.getString("password_hash"),
                row.getBoolean("enabled"),
                roles == null
                        ? Set.of()
                        : Arrays.stream(roles.split(",", -1))
                                .map(String::strip)
                                .filter(role -> !role.isEmpty())
                                .collect(Collectors.toSet()),
                text(row, "user_type"),
                tenants ? row.getString("tenant_id") : null,
                null,
                Instant.EPOCH);
    }

    private static String text(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        if (text == null) {
            throw new MigrationException("account-query: a row has no " + column + " (expected: a value in each row)");
        }
        return text;
    }
}
