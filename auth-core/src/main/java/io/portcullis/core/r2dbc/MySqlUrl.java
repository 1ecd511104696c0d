package io.portcullis.core.r2dbc;

import io.r2dbc.spi.ConnectionFactoryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An R2DBC URL that names one server, such as {@code r2dbc:mysql://db:3306/portcullis}, or several, separated by commas, such as
 * {@code r2dbc:mysql://db1:3306,db2:3306/portcullis}. The several are copies of one database, of which one or all take writes.
 *
 * @param options the options of the URL, with the first server
 * @param servers all servers, in the order of the URL
 */
public record MySqlUrl(ConnectionFactoryOptions options, List<ServerAddress> servers) {
    private static final Pattern URL = Pattern.compile("(r2dbcs?:[^/?#]*//)([^/?#]*)(.*)", Pattern.DOTALL);

    public MySqlUrl {
        servers = List.copyOf(servers);
    }

    /**
     * Parses a URL. The driver does not know lists of servers, so it only gets a URL with one.
     *
     * @throws IllegalArgumentException if the URL is not valid, or a server of a list is empty, malformed or named twice
     */
    public static MySqlUrl parse(String url) {
        Matcher parts = URL.matcher(url);
        String hosts = hosts(parts);
        if (!hosts.contains(",")) {
            return one(ConnectionFactoryOptions.parse(url));
        }
        List<ServerAddress> servers = addresses(hosts);
        String first = parts.group(1) + servers.get(0) + parts.group(3);
        return new MySqlUrl(ConnectionFactoryOptions.parse(first), servers);
    }

    /** Returns whether the text is a URL with more than one server, valid or not. */
    public static boolean namesSeveralServers(String url) {
        return hosts(URL.matcher(url)).contains(",");
    }

    private static String hosts(Matcher parts) {
        String authority = parts.matches() ? parts.group(2) : "";
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static MySqlUrl one(ConnectionFactoryOptions options) {
        String host = String.valueOf(options.getRequiredValue(ConnectionFactoryOptions.HOST));
        Object port = options.getValue(ConnectionFactoryOptions.PORT);
        int number = port instanceof Integer given ? given : ServerAddress.DEFAULT_PORT;
        return new MySqlUrl(options, List.of(new ServerAddress(host, number)));
    }

    private static List<ServerAddress> addresses(String hosts) {
        List<ServerAddress> servers = new ArrayList<>();
        for (String text : hosts.split(",", -1)) {
            if (text.isBlank()) {
                throw new IllegalArgumentException("servers: " + hosts
                        + " has an empty one (expected: host:port separated by commas, such as db1:3306,db2:3306)");
            }
            ServerAddress server = ServerAddress.parse(text);
            if (servers.contains(server)) {
                throw new IllegalArgumentException(
                        "servers: " + hosts + " names " + server + " twice (expected: each once)");
            }
            servers.add(server);
        }
        return servers;
    }

    /** Returns whether the URL names more than one server. */
    public boolean hasSeveralServers() {
        return servers.size() > 1;
    }

    /** Returns the options of a connection to one of the servers. */
    public ConnectionFactoryOptions optionsOf(ServerAddress server) {
        return options.mutate()
                .option(ConnectionFactoryOptions.HOST, server.host())
                .option(ConnectionFactoryOptions.PORT, server.port())
                .build();
    }
}
