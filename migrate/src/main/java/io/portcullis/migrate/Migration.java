package io.portcullis.migrate;

import io.portcullis.core.id.TimeOrderedIds;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Runs one command of the tool on the two databases. */
final class Migration {
    private static final String HINT =
            "expected: the database of a gateway of this release; start the gateway once, which creates its tables";

    private final MigrationSettings settings;
    private final PrintStream out;
    private final Clock clock;

    Migration(MigrationSettings settings, PrintStream out, Clock clock) {
        this.settings = settings;
        this.out = out;
        this.clock = clock;
    }

    /**
     * Runs the command and returns the report.
     *
     * @throws MigrationException if a database does not fit, or another run of the tool is at work
     */
    Report run(Command command) throws SQLException {
        try (Database target = Database.open(settings.target())) {
            checkTarget(target);
            lock(target);
            Report report = new Report(out, command == Command.PLAN);
            var journal = new Journal(target, settings.name());
            if (command == Command.UNDO) {
                undo(target, journal, report);
            } else {
                try (Database source = Database.open(settings.source())) {
                    importFrom(source, target, journal, report, command == Command.APPLY);
                }
            }
            report.summary();
            return report;
        }
    }

    private static void checkTarget(Database target) throws SQLException {
        target.require("migration_import", HINT, "source", "kind", "source_key", "target_id", "fingerprint");
        target.require("imported_token", HINT, "digest", "kind", "session_id", "expires_at");
        target.require("account", HINT, "id", "username", "password_hash", "status", "roles", "user_type");
    }

    /**
     * Takes the lock of the target. The server releases it with the connection, also when this process is killed, and a moment later:
     * hence the wait of 3 s.
     */
    private static void lock(Database target) throws SQLException {
        boolean locked = target.select(
                        "SELECT GET_LOCK(CONCAT('portcullis.migrate.', MD5(DATABASE())), 3)", row -> row.getInt(1) == 1)
                .get(0);
        if (!locked) {
            throw new MigrationException("Another run of this tool is at work on the target (expected: one at a time)");
        }
    }

    private void importFrom(Database sourceDatabase, Database target, Journal journal, Report report, boolean write)
            throws SQLException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Source source = source(sourceDatabase, now);
        source.check(settings.parts());
        var rules = new AccountRules(source.doubledUsernames(), settings.administratorRole());
        Set<String> usableAccounts = null;
        if (settings.imports(ImportPart.ACCOUNTS)) {
            var accounts = new AccountImport(source, target, journal, report, rules, sessions(target), write, now);
            accounts.run();
            usableAccounts = accounts.usable();
        }
        var clients = new ClientImport(target, journal, report, settings.minSecretLength(), write, now);
        if (settings.imports(ImportPart.CLIENTS)) {
            clients.run(source.clients());
        }
        if (settings.imports(ImportPart.TOKENS)) {
            new SessionImport(
                            source,
                            target,
                            journal,
                            report,
                            rules,
                            sessions(target),
                            usableAccounts,
                            clients.refreshing(),
                            write,
                            now)
                    .run();
        }
    }

    private Source source(Database database, Instant now) throws SQLException {
        Set<String> own = database.columns("auth_session");
        boolean isTarget = !own.isEmpty()
                && settings.source().url().equals(settings.target().url());
        if (isTarget && settings.kind() == SourceKind.QUERY && readsOwnTable()) {
            throw new MigrationException(
                    "account-query: reads the table account of the target itself (expected: a table of another application)");
        }
        return switch (settings.kind()) {
            case YUDAO -> new YudaoSource(database, settings.zone(), now);
            case RUOYI -> new RuoYiSource(database, settings.zone());
            case QUERY -> new QuerySource(database, Objects.requireNonNull(settings.accountQuery()));
        };
    }

    private boolean readsOwnTable() {
        return String.valueOf(settings.accountQuery())
                .toLowerCase(Locale.ROOT)
                .matches("(?s).*\\bfrom\\s+`?account`?\\b.*");
    }

    private TargetSessions sessions(Database target) {
        return new TargetSessions(target, new TimeOrderedIds(clock, new SecureRandom()));
    }

    private void undo(Database target, Journal journal, Report report) throws SQLException {
        var undo = new Undo(target, journal, report);
        undo.sessions(sessions(target));
        undo.clients();
        undo.accounts();
    }
}
