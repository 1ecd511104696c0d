package io.portcullis.migrate;

import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Imports logins as sessions. A repetition follows the source for sessions whose imported tokens have not been refreshed in the gateway:
 * it takes over an access token that the source has issued since, and ends the session if the source has ended the login.
 */
final class SessionImport {
    private static final Pattern SCOPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");

    private final Source source;
    private final Database target;
    private final Journal journal;
    private final Report report;
    private final AccountRules rules;
    private final TargetSessions sessions;
    private final @Nullable Set<String> usableAccounts;
    private final Set<String> clients;
    private final boolean write;
    private final Instant now;
    private final Set<String> live = new HashSet<>();

    /**
     * @param usableAccounts the accounts of the target that this import has made; null if the gateway reads the accounts of the source
     * @param clients the clients whose sessions can be imported
     * @param write false for a dry run
     */
    SessionImport(
            Source source,
            Database target,
            Journal journal,
            Report report,
            AccountRules rules,
            TargetSessions sessions,
            @Nullable Set<String> usableAccounts,
            Set<String> clients,
            boolean write,
            Instant now) {
        this.source = source;
        this.target = target;
        this.journal = journal;
        this.report = report;
        this.rules = rules;
        this.sessions = sessions;
        this.usableAccounts = usableAccounts;
        this.clients = clients;
        this.write = write;
        this.now = now;
    }

    /** Runs the import, one transaction for each page. */
    void run() throws SQLException {
        source.sessions(page -> target.runInTransaction(() -> importPage(page)));
        journal.forEachPage(
                Journal.Kind.SESSION,
                page -> target.runInTransaction(() -> {
                    for (Journal.Entry entry : page) {
                        if (!live.contains(entry.sourceKey())) {
                            end(entry);
                        }
                    }
                }));
    }

    private void importPage(List<SourceSession> page) throws SQLException {
        Set<String> userIds = page.stream().map(SourceSession::userId).collect(Collectors.toSet());
        Map<String, SourceAccount> users = source.accountsById(userIds);
        Map<String, TargetAccount> accounts = TargetAccount.lock(target, userIds);
        Map<String, Journal.Entry> earlier = journal.find(
                Journal.Kind.SESSION,
                page.stream()
                        .map(login -> String.valueOf(login.refreshDigest()))
                        .toList());
        Map<String, Instant> endings = lastEndings(userIds);
        for (SourceSession login : page) {
            SourceAccount user = users.get(login.userId());
            String obstacle = obstacle(login, user, accounts.get(login.userId()));
            if (obstacle != null || user == null) {
                report.skipped(login, String.valueOf(obstacle));
                continue;
            }
            String digest = String.valueOf(login.refreshDigest());
            live.add(digest);
            Journal.Entry entry = earlier.get(digest);
            if (entry == null && login.createdAt().isBefore(endings.getOrDefault(login.userId(), Instant.MIN))) {
                report.skipped(login, "it is older than a new password, or than a disabling, in the gateway");
            } else if (entry == null) {
                insert(login, user(user, accounts.get(login.userId())));
            } else {
                follow(login, entry);
            }
        }
    }

    /**
     * Returns when the gateway has ended all sessions of these users, if it has: what was opened before, such as by whoever knew the former
     * password, must not pass again.
     */
    private Map<String, Instant> lastEndings(Set<String> userIds) throws SQLException {
        return target
                .selectIn(
                        "SELECT user_id, MAX(created_at) FROM login_log WHERE user_id IN (?) AND type IN"
                                + " ('PASSWORD_CHANGED', 'PASSWORD_RESET', 'ACCOUNT_DISABLED') AND result = 'SUCCESS'"
                                + " AND COALESCE(detail, '') NOT LIKE 'migration: %' GROUP BY user_id",
                        userIds,
                        row -> Map.entry(
                                row.getString(1),
                                row.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private @Nullable String obstacle(
            SourceSession login, @Nullable SourceAccount user, @Nullable TargetAccount account) {
        if (login.refreshDigest() == null) {
            return "the refresh token is of another form (expected: 32 lower-case hexadecimal digits)";
        }
        if (!login.administrator()) {
            return "the user is a member, and members are not imported";
        }
        if (user == null || !user.enabled()) {
            return "the user is disabled or deleted in the source";
        }
        if (usableAccounts != null
                && (!usableAccounts.contains(user.id()) || (account == null ? write : !account.enabled()))) {
            return "the account was not imported, or is disabled or gone in the gateway";
        }
        boolean frontEnd = login.clientId().equals(ClientImport.FRONT_END);
        if (!frontEnd && !clients.contains(login.clientId())) {
            return "its client " + login.clientId()
                    + " was not imported with the grant refresh_token, or cannot use it in the gateway";
        }
        if (!frontEnd
                && !login.scopes().stream()
                        .allMatch(scope -> SCOPE.matcher(scope).matches())) {
            return "a scope has characters that the gateway does not store";
        }
        return usableAccounts == null ? rules.userObstacle(user) : null;
    }

    private TargetSessions.User user(SourceAccount user, @Nullable TargetAccount account) {
        return usableAccounts == null || account == null
                ? new TargetSessions.User(
                        user.id(), user.username(), user.userType(), rules.roles(user), user.tenantId(), user.ip())
                : new TargetSessions.User(
                        user.id(), account.username(), account.userType(), account.roles(), user.tenantId(), user.ip());
    }

    private void insert(SourceSession login, TargetSessions.User user) throws SQLException {
        String digest = String.valueOf(login.refreshDigest());
        if (sessions.hasImported(digest)) {
            report.skipped(login, "another import has this token");
            return;
        }
        if (write) {
            boolean frontEnd = login.clientId().equals(ClientImport.FRONT_END);
            String scopes = frontEnd ? "" : String.join(",", new TreeSet<>(login.scopes()));
            String id = sessions.insert(login, user, frontEnd ? null : login.clientId(), scopes);
            journal.insert(Journal.Kind.SESSION, digest, id, digest, now);
        }
        report.done("import", login, login.access() == null ? "refresh token alone" : "");
    }

    private void follow(SourceSession login, Journal.Entry entry) throws SQLException {
        SourceSession.AccessToken access = login.access();
        if (sessions.lock(entry.targetId(), entry.sourceKey()) != TargetSessions.State.UNUSED
                || access == null
                || sessions.hasImported(access.digest())) {
            report.unchanged(ImportPart.TOKENS);
            return;
        }
        if (write) {
            sessions.replaceAccess(entry.targetId(), login, access);
        }
        report.done("update", login, "another access token");
    }

    private void end(Journal.Entry entry) throws SQLException {
        if (sessions.lock(entry.targetId(), entry.sourceKey()) != TargetSessions.State.UNUSED) {
            return;
        }
        if (write) {
            sessions.end(entry.targetId(), "LOGOUT", "migration: the login has ended in the source");
        }
        report.done("end", "session " + entry.targetId(), "the login has ended in the source");
    }

    /** An account of the target, locked so that it is not disabled while its sessions are imported. */
    private record TargetAccount(String id, String username, boolean enabled, Set<String> roles, String userType) {
        static Map<String, TargetAccount> lock(Database target, Set<String> ids) throws SQLException {
            return target
                    .selectIn(
                            "SELECT id, username, status, roles, user_type FROM account WHERE id IN (?) LOCK IN SHARE MODE",
                            ids,
                            row -> new TargetAccount(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getString(3).equals("ENABLED"),
                                    new TreeSet<>(Arrays.stream(row.getString(4).split(",", -1))
                                            .filter(role -> !role.isEmpty())
                                            .toList()),
                                    row.getString(5)))
                    .stream()
                    .collect(Collectors.toMap(TargetAccount::id, Function.identity()));
        }
    }
}
