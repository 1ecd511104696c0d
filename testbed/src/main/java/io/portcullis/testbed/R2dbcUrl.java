package io.portcullis.testbed;

import java.net.URI;
import java.util.Locale;

/**
 * An R2DBC URL of one MySQL or MariaDB server, taken apart.
 *
 * @param driver {@code mysql} or {@code mariadb}
 * @param options what follows the question mark, empty if nothing does
 */
record R2dbcUrl(String driver, String host, int port, String database, String options) {
    private static final String PREFIX = "r2dbc:";
    private static final int DEFAULT_PORT = 3306;

    static R2dbcUrl parse(String url) {
        URI uri = URI.create(url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : "");
        String driver = uri.getScheme();
        String host = uri.getHost();
        if (driver == null || !driver.matches("mysql|mariadb") || host == null) {
            throw new IllegalArgumentException(
                    "R2DBC URL: %s (expected: r2dbc:mysql://host:port/database)".formatted(url));
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String options = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        return new R2dbcUrl(driver, host, port, path.replaceFirst("^/", ""), options);
    }

    R2dbcUrl withDatabase(String name) {
        return new R2dbcUrl(driver, host, port, name, options);
    }

    /** The same server for JDBC, without a database. The certificate is not looked at: it is the server's own. */
    String jdbcUrl() {
        boolean tls = options.toLowerCase(Locale.ROOT).matches(".*sslmode=(required|verify|tunnel).*");
        String mode = tls ? "sslMode=trust" : "sslMode=disable&allowPublicKeyRetrieval=true";
        return "jdbc:mariadb://%s:%d/?connectTimeout=5000&socketTimeout=30000&%s".formatted(host, port, mode);
    }

    @Override
    public String toString() {
        return "%s%s://%s:%d/%s%s"
                .formatted(PREFIX, driver, host, port, database, options.isEmpty() ? "" : "?" + options);
    }
}
