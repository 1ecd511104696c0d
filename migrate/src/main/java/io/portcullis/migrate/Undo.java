package io.portcullis.migrate;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Removes what the import has made, and keeps what was used or changed since. */
final class Undo {
    private final Database target;
    private final Journal journal;
    private final Report report;

    Undo(Database target, Journal journal, Report report) {
        this.target = target;
        this.journal = journal;
        this.report = report;
    }

    /** Removes the unused accounts. Each is decided under the lock of its row, which a login takes too. */
    void accounts() throws SQLException {
        journal.forEachPage(Journal.Kind.ACCOUNT, page -> {
            for (Journal.Entry entry : page) {
                target.runInTransaction(() -> account(entry));
            }
        });
    }

    /** Ends the sessions that have not been refreshed. A user who has refreshed has tokens of the gateway, and stays logged in. */
    void sessions(TargetSessions sessions) throws SQLException {
        journal.forEachPage(Journal.Kind.SESSION, page -> {
            for (Journal.Entry entry : page) {
                target.runInTransaction(() -> session(entry, sessions));
            }
        });
    }

    private void session(Journal.Entry entry, TargetSessions sessions) throws SQLException {
        String what = "session " + entry.targetId();
        TargetSessions.State state = sessions.lock(entry.targetId(), entry.sourceKey());
        switch (state) {
            case REFRESHED -> report.kept(what, "has been refreshed, so that its user has tokens of the gateway");
            // Without its entry in the journal, a later import would log in again a user who has logged out.
            case ENDED -> report.kept(what, "has ended in the gateway, and no later import opens it again");
            case UNUSED -> {
                sessions.end(entry.targetId(), "KICKED", "migration: undone");
                sessions.forgetTokens(entry.targetId());
                journal.delete(Journal.Kind.SESSION, entry.sourceKey());
                report.done("end", what, "");
            }
        }
    }

    /** Removes the clients that nobody has changed and that have no session. */
    void clients() throws SQLException {
        journal.forEachPage(Journal.Kind.CLIENT, page -> {
            for (Journal.Entry entry : page) {
                target.runInTransaction(() -> client(entry));
            }
        });
    }

    private void client(Journal.Entry entry) throws SQLException {
        String what = "client " + entry.targetId();
        ClientImport.Row stored = ClientImport.Row.lock(target, entry.targetId());
        if (stored != null && !stored.fingerprint().equals(entry.fingerprint())) {
            report.kept(what, "changed in the gateway since");
        } else if (exists(
                "SELECT 1 FROM auth_session WHERE client_id = ? AND ended_at IS NULL LIMIT 1", entry.targetId())) {
            report.kept(what, "has a session");
        } else {
            target.update("DELETE FROM oauth_client WHERE id = ?", entry.targetId());
            journal.delete(Journal.Kind.CLIENT, entry.sourceKey());
            report.done("remove", what, stored == null ? "was gone already" : "");
        }
    }

    private void account(Journal.Entry entry) throws SQLException {
        String what = "account " + entry.targetId();
        AccountImport.Row stored = AccountImport.Row.lock(target, entry.targetId());
        String reason = stored == null ? null : use(entry, stored);
        if (reason != null) {
            report.kept(what, reason);
            return;
        }
        target.update("DELETE FROM account WHERE id = ?", entry.targetId());
        journal.delete(Journal.Kind.ACCOUNT, entry.sourceKey());
        report.done("remove", what, stored == null ? "was gone already" : "");
    }

    private @Nullable String use(Journal.Entry entry, AccountImport.Row stored) throws SQLException {
        if (!stored.fingerprint().equals(entry.fingerprint())) {
            return "changed in the gateway since";
        }
        if (exists("SELECT 1 FROM auth_session WHERE user_id = ? AND ended_at IS NULL LIMIT 1", entry.targetId())) {
            return "has a session";
        }
        return exists(
                        "SELECT 1 FROM login_log WHERE user_id = ? AND created_at >= ? AND type = 'LOGIN' AND result = 'SUCCESS' LIMIT 1",
                        entry.targetId(),
                        Journal.utc(entry.importedAt()))
                ? "has logged in since"
                : null;
    }

    private boolean exists(String sql, Object... parameters) throws SQLException {
        return !target.select(sql, row -> true, parameters).isEmpty();
    }
}
