package io.portcullis.migrate;

import io.portcullis.core.token.TokenDigest;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Imports accounts, and carries on what the source has changed since an earlier run, as long as nobody has changed the account in the
 * gateway. An account that is gone from the source is disabled.
 */
final class AccountImport {
    private static final int ATTEMPTS = 3;
    private static final String ENDED_BY = "migration: the account has changed in the source";

    private final Source source;
    private final Database target;
    private final Journal journal;
    private final Report report;
    private final AccountRules rules;
    private final TargetSessions sessions;
    private final boolean write;
    private final Instant now;
    private final Set<String> seen = new HashSet<>();
    private final Set<String> usable = new HashSet<>();

    /** @param write false for a dry run */
    AccountImport(
            Source source,
            Database target,
            Journal journal,
            Report report,
            AccountRules rules,
            TargetSessions sessions,
            boolean write,
            Instant now) {
        this.source = source;
        this.target = target;
        this.journal = journal;
        this.report = report;
        this.rules = rules;
        this.sessions = sessions;
        this.write = write;
        this.now = now;
    }

    /** Runs the import, one transaction for each page. */
    void run() throws SQLException {
        source.accounts(this::importPage);
        journal.forEachPage(
                Journal.Kind.ACCOUNT,
                page -> target.runInTransaction(() -> {
                    for (Journal.Entry entry : page) {
                        if (!seen.contains(entry.sourceKey())) {
                            disable(entry);
                        }
                    }
                }));
    }

    /** Returns the ids of the accounts that {@link #run} has imported, now or earlier. */
    Set<String> usable() {
        return usable;
    }

    /** An account that somebody creates meanwhile can take a name or an id after it was looked up. */
    private void importPage(List<SourceAccount> page) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                List<Runnable> lines = target.inTransaction(() -> importLocked(page));
                lines.forEach(Runnable::run);
                return;
            } catch (SQLIntegrityConstraintViolationException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private List<Runnable> importLocked(List<SourceAccount> page) throws SQLException {
        List<String> ids = page.stream().map(SourceAccount::id).toList();
        Map<String, Journal.Entry> earlier = journal.find(Journal.Kind.ACCOUNT, ids);
        Set<String> takenIds = texts("SELECT id FROM account WHERE id IN (?)", ids);
        Set<String> takenNames = texts(
                "SELECT username FROM account WHERE username IN (?)",
                page.stream().map(SourceAccount::username).toList());
        List<Runnable> lines = new ArrayList<>();
        for (SourceAccount account : page) {
            seen.add(account.id());
            Journal.Entry entry = earlier.get(account.id());
            String obstacle = rules.obstacle(account);
            if (entry != null) {
                lines.add(update(account, entry, obstacle, takenNames));
            } else if (obstacle != null) {
                lines.add(() -> report.skipped(account, obstacle));
            } else if (takenIds.contains(account.id()) || takenNames.contains(account.username())) {
                lines.add(() -> report.skipped(account, "the gateway has an account with this id or name"));
            } else {
                lines.add(insert(account));
            }
        }
        return lines;
    }

    private Set<String> texts(String sql, List<String> values) throws SQLException {
        return new HashSet<>(target.selectIn(sql, values, row -> row.getString(1)));
    }

    private Runnable insert(SourceAccount account) throws SQLException {
        Row row = row(account);
        usable.add(account.id());
        if (write) {
            target.update(
                    "INSERT INTO account (id, username, password_hash, status, roles, user_type, created_at, tenant_id)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    row.with(account.id(), Journal.utc(account.createdAt()), account.tenantId()));
            journal.insert(Journal.Kind.ACCOUNT, account.id(), account.id(), row.fingerprint(), now);
        }
        return () -> report.done("import", account, detail(account, row));
    }

    private String detail(SourceAccount account, Row row) {
        return row.status().toLowerCase(Locale.ROOT) + ", roles [" + row.roles() + "]"
                + (rules.leavesOutAdmin(account)
                        ? ", without the source's role admin (set administrator-role if its users administer the gateway)"
                        : "");
    }

    /** Carries on what the source has changed, unless the account was changed in the gateway or can no longer be imported. */
    private Runnable update(
            SourceAccount account, Journal.Entry entry, @Nullable String obstacle, Set<String> takenNames)
            throws SQLException {
        Row stored = lock(entry.targetId());
        if (stored != null) {
            usable.add(account.id());
        }
        Row row = obstacle == null ? row(account) : null;
        if (stored == null || !stored.fingerprint().equals(entry.fingerprint()) || stored.equals(row)) {
            return () -> report.unchanged(ImportPart.ACCOUNTS);
        }
        if (row == null || (!row.username().equals(stored.username()) && takenNames.contains(row.username()))) {
            String reason = obstacle == null ? "the gateway has an account with its new name" : obstacle;
            return () -> report.skipped(account, "imported before, not updated: " + reason);
        }
        if (write) {
            store(entry, stored, row);
        }
        return () -> report.done("update", account, "changed in the source");
    }

    /** Like a change in the gateway, other roles and a disabled account end the user's sessions. */
    private void store(Journal.Entry entry, Row stored, Row row) throws SQLException {
        if (!row.status().equals("ENABLED")) {
            sessions.endAllOf(entry.targetId(), "ACCOUNT_DISABLED", ENDED_BY);
        } else if (!row.roles().equals(stored.roles())) {
            sessions.endAllOf(entry.targetId(), "ROLES_CHANGED", ENDED_BY);
        }
        target.update(
                "UPDATE account SET username = ?, password_hash = ?, status = ?, roles = ?, user_type = ? WHERE id = ?",
                row.username(),
                row.hash(),
                row.status(),
                row.roles(),
                row.userType(),
                entry.targetId());
        journal.updateFingerprint(Journal.Kind.ACCOUNT, entry.sourceKey(), row.fingerprint());
    }

    private void disable(Journal.Entry entry) throws SQLException {
        Row stored = lock(entry.targetId());
        if (stored == null
                || !stored.fingerprint().equals(entry.fingerprint())
                || stored.status().equals("DISABLED")) {
            return;
        }
        if (write) {
            store(
                    entry,
                    stored,
                    new Row(stored.username(), stored.hash(), "DISABLED", stored.roles(), stored.userType()));
        }
        report.done("disable", "account " + entry.targetId() + " (" + stored.username() + ")", "gone from the source");
    }

    private @Nullable Row lock(String id) throws SQLException {
        return Row.lock(target, id);
    }

    private Row row(SourceAccount account) {
        return new Row(
                account.username(),
                Objects.requireNonNull(AccountRules.storedHash(account.passwordHash())),
                account.enabled() ? "ENABLED" : "DISABLED",
                rules.roles(account).stream().collect(Collectors.joining(",")),
                account.userType());
    }

    /** The columns of an account that an import writes and a change may change. {@code toString} leaves out the hash. */
    record Row(String username, String hash, String status, String roles, String userType) {
        /** Reads the account and locks its row; null if there is none. */
        static @Nullable Row lock(Database target, String id) throws SQLException {
            List<Row> rows = target.select(
                    "SELECT username, password_hash, status, roles, user_type FROM account WHERE id = ? FOR UPDATE",
                    row -> new Row(
                            row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5)),
                    id);
            return rows.isEmpty() ? null : rows.get(0);
        }

        String fingerprint() {
            return TokenDigest.of(Journal.joined(username, hash, status, roles, userType));
        }

        private @Nullable Object[] with(String id, @Nullable Object... more) {
            return Stream.concat(Stream.of(id, username, hash, status, roles, userType), Arrays.stream(more))
                    .toArray();
        }

        @Override
        public String toString() {
            return "Row[username=" + username + ", status=" + status + "]";
        }
    }
}
