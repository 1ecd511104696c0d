package io.portcullis.testbed;

import java.net.URI;
import java.util.Locale;

/**
 * The components of an R2DBC URL of a MySQL or MariaDB server.
 *
 * @param driver {@code mysql} or {@code mariadb}
 * @param options the part after the question mark, empty if there is none
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

    R2dbcUrl withPortWithoutTls(int other) {
        return new R2dbcUrl(driver, host, other, database, options.replace("sslMode=required", "sslMode=disabled"));
    }

    /**
     * Returns a JDBC URL of the same server, without a database. The client does not verify the certificate, because it is
     * self-signed.
     */
    String jdbcUrl() {
        boolean tls = options.toLowerCase(Locale.ROOT).matches(".*sslmode=(required|verify|tunnel).*");
        String mode = tls ? "sslMode=trust" : "sslMode=disable&allowPublicKeyRetrieval=true";
        return "jdbc:mariadb://%s:%d/?connectTimeout=5000&socketTimeout=30000&%s".formatted(host, port, mode);
    }

    /** Returns the same JDBC URL with the database. */
    String databaseJdbcUrl() {
        return jdbcUrl().replace("/?", "/" + database + "?");
    }

    @Override
    public String toString() {
        return "%s%s://%s:%d/%s%s"
                .formatted(PREFIX, driver, host, port, database, options.isEmpty() ? "" : "?" + options);
    }
}
