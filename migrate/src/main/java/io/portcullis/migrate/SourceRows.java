package io.portcullis.migrate;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what the tables of several sources have in the same form. */
final class SourceRows {
    private SourceRows() {}

    /**
     * Returns the accounts with their roles.
     *
     * @param sql selects the id of a user and the code of a role, for the ids of {@code IN (?)}
     */
    static List<SourceAccount> withRoles(Database database, String sql, List<SourceAccount> accounts)
            throws SQLException {
        Map<String, Set<String>> roles = new HashMap<>();
        database.selectIn(
                        sql,
                        accounts.stream().map(SourceAccount::id).toList(),
                        row -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(entry -> roles.computeIfAbsent(entry.getKey(), id -> new HashSet<>())
                        .add(entry.getValue()));
        return accounts.stream()
                .map(account -> account.withRoles(roles.getOrDefault(account.id(), Set.of())))
                .toList();
    }

    static Map<String, SourceAccount> byId(List<SourceAccount> accounts) {
        return accounts.stream().collect(Collectors.toMap(SourceAccount::id, Function.identity()));
    }
}
