package io.portcullis.core.r2dbc;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a database server.
 *
 * @param host a name or an IP address, an IPv6 address in brackets
 * @param port the TCP port
 */
public record ServerAddress(String host, int port) {
    static final int DEFAULT_PORT = 3306;
    private static final int MAX_PORT = 65_535;
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^:\\[\\]\\s]+)(?::(\\d{1,5}))?");

    /**
     * Parses {@code host} or {@code host:port}.
     *
     * @throws IllegalArgumentException if the text is no address
     */
    static ServerAddress parse(String text) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            throw new IllegalArgumentException(
                    "address of a server: " + text + " (expected: host:port, such as db1:3306)");
        }
        int port = address.group(2) == null ? DEFAULT_PORT : Integer.parseInt(address.group(2));
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port of a server: " + text + " (expected: 1 to " + MAX_PORT + ")");
        }
        return new ServerAddress(address.group(1).toLowerCase(Locale.ROOT), port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
