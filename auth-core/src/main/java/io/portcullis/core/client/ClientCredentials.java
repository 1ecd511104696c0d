package io.portcullis.core.client;

import java.util.List;

/**
 * The id and secret that a client presents. {@code toString} leaves out the secret.
 *
 * @param secrets the texts that the client may have meant, because not every client encodes its secret as RFC 6749 section 2.3.1
 *     says; empty if the client presents no secret
 */
public record ClientCredentials(String id, List<String> secrets) {
    public ClientCredentials {
        secrets = List.copyOf(secrets);
    }

    @Override
    public String toString() {
        return "ClientCredentials[id=" + id + "]";
    }
}
