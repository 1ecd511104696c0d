package io.portcullis.migrate;

import io.portcullis.core.client.ClientSecrets;
import io.portcullis.core.client.ClientType;
import io.portcullis.core.client.GrantType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.TokenDigest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Imports OAuth 2 clients with the grants that the gateway has. */
final class ClientImport {
    /** The client of yudao's own front-end, whose sessions need no client in the gateway. */
    static final String FRONT_END = "default";

    private final Database target;
    private final Journal journal;
    private final Report report;
    private final int minSecretLength;
    private final boolean write;
    private final Instant now;
    private static final String ENABLED = "ENABLED";

    private final Set<String> refreshing = new HashSet<>();

    /** @param write false for a dry run */
    ClientImport(Database target, Journal journal, Report report, int minSecretLength, boolean write, Instant now) {
        this.target = target;
        this.journal = journal;
        this.report = report;
        this.minSecretLength = minSecretLength;
        this.write = write;
        this.now = now;
    }

    /** Imports the clients, each in a transaction of its own. */
    void run(List<SourceClient> clients) throws SQLException {
        for (SourceClient client : clients) {
            target.runInTransaction(() -> importClient(client));
        }
    }

    /** Returns the clients that {@link #run} has imported, now or earlier, and that may refresh the tokens of their sessions. */
    Set<String> refreshing() {
        return refreshing;
    }

    private void importClient(SourceClient client) throws SQLException {
        boolean earlier =
                journal.find(Journal.Kind.CLIENT, List.of(client.id())).containsKey(client.id());
        String obstacle = earlier ? null : obstacle(client);
        if (obstacle != null) {
            report.skipped(client, obstacle);
            return;
        }
        if (client.enabled()
                && grants(client).contains(GrantType.REFRESH_TOKEN)
                && (!earlier || isUsable(Row.lock(target, client.id())))) {
            refreshing.add(client.id());
        }
        if (earlier) {
            report.unchanged(ImportPart.CLIENTS);
            return;
        }
        if (write) {
            insert(registered(client));
        }
        report.done("import", client, detail(client));
    }

    /** Returns whether a client that was imported earlier may still refresh tokens, as administrators of the gateway have left it. */
    private static boolean isUsable(@Nullable Row row) {
        return row != null
                && row.status().equals(ENABLED)
                && List.of(row.grants().split(",")).contains(GrantType.REFRESH_TOKEN.name());
    }

    private @Nullable String obstacle(SourceClient client) throws SQLException {
        if (client.id().equals(FRONT_END)) {
            return "the front-end of yudao needs no client in the gateway";
        }
        if (grants(client).isEmpty()) {
            return "none of its grants exists in the gateway (expected: client_credentials or refresh_token)";
        }
        int length = client.secret() == null ? 0 : client.secret().length();
        if (length < minSecretLength || length > ClientSecrets.MAX_LENGTH) {
            return "the secret has " + length + " characters (expected: " + minSecretLength + " to "
                    + ClientSecrets.MAX_LENGTH
                    + "; create the client in the console and hand its new secret over, or set client-secret-min-length)";
        }
        try {
            registered(client);
        } catch (PortcullisException e) {
            return String.valueOf(e.getMessage());
        }
        return target.select("SELECT 1 FROM oauth_client WHERE id = ?", row -> true, client.id())
                        .isEmpty()
                ? null
                : "the gateway has a client with this id";
    }

    private static Set<GrantType> grants(SourceClient client) {
        return client.grants().stream()
                .map(GrantType::ofParameter)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    private RegisteredClient registered(SourceClient client) {
        return new RegisteredClient(
                client.id(),
                client.name(),
                ClientType.CONFIDENTIAL,
                client.enabled(),
                grants(client),
                Set.copyOf(client.scopes()),
                Set.of(),
                Duration.ofSeconds(client.accessSeconds()),
                Duration.ofSeconds(client.refreshSeconds()),
                List.of(ClientSecrets.digest(String.valueOf(client.secret()))),
                now);
    }

    private static String detail(SourceClient client) {
        Set<String> left = new TreeSet<>(client.grants());
        grants(client).forEach(grant -> left.remove(grant.parameter()));
        return "grants " + new TreeSet<>(grants(client))
                + (left.isEmpty() ? "" : ", without " + left + ", which the gateway does not have");
    }

    private void insert(RegisteredClient client) throws SQLException {
        Row row = Row.of(client);
        target.update(
                "INSERT INTO oauth_client (id, name, type, status, grants, scopes, roles, access_ttl_ms, refresh_ttl_ms,"
                        + " secret_digest, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                client.id(),
                row.name(),
                client.type().name(),
                row.status(),
                row.grants(),
                row.scopes(),
                row.roles(),
                row.accessMillis(),
                row.refreshMillis(),
                row.secretDigest(),
                Journal.utc(client.createdAt()));
        journal.insert(Journal.Kind.CLIENT, client.id(), client.id(), row.fingerprint(), now);
    }

    /** The columns of a client that an import writes and a change may change. */
    record Row(
            String name,
            String status,
            String grants,
            String scopes,
            String roles,
            long accessMillis,
            long refreshMillis,
            @Nullable String secretDigest) {
        static Row of(RegisteredClient client) {
            return new Row(
                    client.name(),
                    client.enabled() ? ENABLED : "DISABLED",
                    client.grants().stream().map(Enum::name).sorted().collect(Collectors.joining(",")),
                    client.scopes().stream().sorted().collect(Collectors.joining(",")),
                    client.roles().stream().sorted().collect(Collectors.joining(",")),
                    client.accessTtl() == null ? 0 : client.accessTtl().toMillis(),
                    client.refreshTtl() == null ? 0 : client.refreshTtl().toMillis(),
                    client.secretDigests().isEmpty()
                            ? null
                            : client.secretDigests().get(0));
        }

        /** Reads the client and locks its row; null if there is none. */
        static @Nullable Row lock(Database target, String id) throws SQLException {
            List<Row> rows = target.select(
                    "SELECT * FROM oauth_client WHERE id = ? FOR UPDATE",
                    row -> new Row(
                            row.getString("name"),
                            row.getString("status"),
                            row.getString("grants"),
                            row.getString("scopes"),
                            row.getString("roles"),
                            row.getLong("access_ttl_ms"),
                            row.getLong("refresh_ttl_ms"),
                            row.getString("secret_digest")),
                    id);
            return rows.isEmpty() ? null : rows.get(0);
        }

        String fingerprint() {
            return TokenDigest.of(Journal.joined(
                    name, status, grants, scopes, roles, accessMillis, refreshMillis, String.valueOf(secretDigest)));
        }
    }
}
