package io.portcullis.gateway.config;

import io.portcullis.core.client.ClientSecrets;
import io.portcullis.core.client.ClientType;
import io.portcullis.core.client.GrantType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The OAuth 2 clients of the configuration. The other properties of {@code portcullis.oauth2} stand beside them.
 *
 * @param clients the clients; more can be made by administrators
 */
@ConfigurationProperties("portcullis.oauth2")
record ClientProperties(@DefaultValue List<Client> clients) {
    ClientProperties {
        clients = List.copyOf(clients);
        Set<String> ids = new HashSet<>();
        for (Client client : clients) {
            if (!ids.add(client.id())) {
                throw new IllegalArgumentException(
                        "portcullis.oauth2.clients: two with the id " + client.id() + " (expected: one)");
            }
        }
    }

    List<RegisteredClient> registered() {
        return clients.stream().map(Client::registered).toList();
    }

    /**
     * One client.
     *
     * @param id the client_id
     * @param name the name for administrators; the id if there is none
     * @param type whether the client can keep a secret
     * @param secrets one secret, or two while one replaces the other: at least 32 random characters, or {sha256} and the digest of the
     *     secret in hexadecimal
     * @param grants the grants that the client may use
     * @param scopes the scopes that its sessions may have
     * @param roles the roles of the sessions that it opens for itself
     * @param accessTtl life of its access tokens; that of portcullis.token if there is none
     * @param refreshTtl life of its refresh tokens; that of portcullis.token if there is none
     */
    record Client(
            String id,
            @Nullable String name,
            @DefaultValue("confidential") ClientType type,
            @DefaultValue List<String> secrets,
            @DefaultValue Set<GrantType> grants,
            @DefaultValue Set<String> scopes,
            @DefaultValue Set<String> roles,
            @Nullable Duration accessTtl,
            @Nullable Duration refreshTtl) {
        private static final Pattern DIGEST = Pattern.compile("\\{sha256}[0-9a-f]{64}");
        private static final int DIGEST_START = "{sha256}".length();

        Client {
            id = Objects.requireNonNullElse(id, "");
            secrets = List.copyOf(secrets);
            for (String secret : secrets) {
                requireSecret(id, secret);
            }
            if (type == ClientType.CONFIDENTIAL && secrets.isEmpty()) {
                throw new IllegalArgumentException(
                        "portcullis.oauth2.clients: " + id + " has no secrets (expected: one or two, or type: public)");
            }
            toRegistered(id, name, type, secrets, grants, scopes, roles, accessTtl, refreshTtl);
        }

        RegisteredClient registered() {
            return toRegistered(id, name, type, secrets, grants, scopes, roles, accessTtl, refreshTtl);
        }

        private static RegisteredClient toRegistered(
                String id,
                @Nullable String name,
                ClientType type,
                List<String> secrets,
                Set<GrantType> grants,
                Set<String> scopes,
                Set<String> roles,
                @Nullable Duration accessTtl,
                @Nullable Duration refreshTtl) {
            try {
                return new RegisteredClient(
                        id,
                        Objects.requireNonNullElse(name, id),
                        type,
                        true,
                        grants,
                        scopes,
                        roles,
                        accessTtl,
                        refreshTtl,
                        secrets.stream().map(Client::digest).toList(),
                        Instant.EPOCH);
            } catch (PortcullisException e) {
                throw new IllegalArgumentException("portcullis.oauth2.clients: " + id + ": " + e.detail());
            }
        }

        private static String digest(String secret) {
            return DIGEST.matcher(secret).matches() ? secret.substring(DIGEST_START) : ClientSecrets.digest(secret);
        }

        /** Checks a secret. The error message never contains the value. */
        private static void requireSecret(String id, String secret) {
            boolean wellFormed = secret.length() >= ClientSecrets.MIN_LENGTH
                    && secret.length() <= ClientSecrets.MAX_LENGTH
                    && secret.chars().allMatch(c -> c >= ' ' && c < 0x7f)
                    && (!secret.startsWith("{") || DIGEST.matcher(secret).matches());
            if (!wellFormed) {
                throw new IllegalArgumentException(
                        "portcullis.oauth2.clients: " + id + " has an invalid secret (expected: "
                                + ClientSecrets.MIN_LENGTH + " to " + ClientSecrets.MAX_LENGTH
                                + " printable characters of ASCII, such as the output of `openssl rand -hex 32`, or {sha256} and 64"
                                + " hexadecimal digits)");
            }
        }

        @Override
        public String toString() {
            return "Client[id=" + id + ", type=" + type + ", secrets=" + secrets.size() + "]";
        }
    }
}
