package io.portcullis.clients;

import java.util.List;
import java.util.stream.Stream;

/** The OAuth 2 clients of the gateway in these tests. */
final class OAuth2Clients {
    /** The id of a confidential client with the scopes {@code read} and {@code write}. */
    static final String ID = "machine";

    /** Has the characters that RFC 6749 section 2.3.1 has clients encode. */
    static final String SECRET = "machine: 100% + more & = secret!";

    private OAuth2Clients() {}

    /** Returns the arguments of the gateway, with those that make the clients. */
    static String[] arguments(String... others) {
        return Stream.concat(
                        Stream.of(others),
                        List.of(
                                "--portcullis.oauth2.clients[0].id=" + ID,
                                "--portcullis.oauth2.clients[0].secrets[0]=" + SECRET,
                                "--portcullis.oauth2.clients[0].grants=client_credentials",
                                "--portcullis.oauth2.clients[0].scopes=read,write",
                                "--portcullis.oauth2.clients[1].id=browser-app",
                                "--portcullis.oauth2.clients[1].type=public",
                                "--portcullis.oauth2.clients[1].grants=refresh_token")
                                .stream())
                .toArray(String[]::new);
    }
}
