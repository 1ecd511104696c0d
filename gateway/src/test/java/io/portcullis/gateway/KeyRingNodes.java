package io.portcullis.gateway;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.SqlClient;
import io.portcullis.testbed.TcpProxy;
import io.portcullis.testbed.Testbed;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Starts nodes on a database of their own that store encrypted token keys, the second one over a proxy to the database. */
final class KeyRingNodes implements AutoCloseable {
    static final String PASSWORD = "some-demo-pass";
    static final String KEYS = "/system/token-key";

    private final String database = Testbed.shared().database().createDatabase();
    private final String encryptionKey = newKey();
    private final TcpProxy toDatabase =
            TcpProxy.to("127.0.0.1", Testbed.shared().database().port());

    /** Returns a random secret of 32 bytes, in base64. */
    static String newKey() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret);
    }

    GatewayNode start(String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("--spring.r2dbc.url=" + database, "--portcullis.token.encryption-keys=" + encryptionKey));
        all.addAll(List.of(arguments));
        return GatewayNode.start(all.toArray(String[]::new));
    }

    /** Starts a node whose connections to MySQL go through {@link #toDatabase}. */
    GatewayNode startOverProxy(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--spring.r2dbc.url=" + DatabaseServer.throughProxy(database, toDatabase.port()));
        return start(all.toArray(String[]::new));
    }

    TcpProxy toDatabase() {
        return toDatabase;
    }

    String encryptionKey() {
        return encryptionKey;
    }

    /** Returns the number that the query yields. */
    int count(String query) throws Exception {
        try (var sql = SqlClient.open(Testbed.shared().database(), database)) {
            return Integer.parseInt(sql.rows(query).get(0));
        }
    }

    void update(String statement) throws Exception {
        try (var sql = SqlClient.open(Testbed.shared().database(), database)) {
            sql.execute(statement);
        }
    }

    /** Returns the id of the key that signed the token, which is in the first three bytes behind the prefix. */
    static String keyOf(String token) {
        byte[] id = Base64.getUrlDecoder().decode(token.substring(4, 8));
        return "%02x%02x%02x".formatted(id[0], id[1], id[2]);
    }

    static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }

    @Override
    public void close() {
        toDatabase.close();
    }
}
