package io.portcullis.core.r2dbc;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Derives the JDBC URLs of tools that work over JDBC from the R2DBC URL, with the same server, database and TLS settings. */
public final class JdbcUrls {
    private static final Option<String> SSL_MODE = Option.valueOf("sslMode");
    private static final Option<String> SSL_CA = Option.valueOf("sslCa");
    private static final Option<String> SSL_KEY = Option.valueOf("sslKey");
    private static final Option<String> TLS_VERSION = Option.valueOf("tlsVersion");
    /**
     * The options without TLS. {@code caching_sha2_password} then encrypts the password under a public key that the server sends.
     */
    private static final String PLAIN = "sslMode=disable&allowPublicKeyRetrieval=true";

    private JdbcUrls() {}

    /**
     * Returns the URLs to try in order. {@code PREFERRED}, the default of the R2DBC driver, has two for each server: TLS without
     * verification of the certificate, then no TLS for a server that does not support it.
     *
     * @throws IllegalArgumentException if an option of the URL is unknown or has no JDBC equivalent
     */
    public static List<String> of(String r2dbcUrl) {
        return byServer(r2dbcUrl).stream().flatMap(List::stream).toList();
    }

    /** Returns for each server of the URL, in the order of the URL, what {@link #of} returns for one. */
    static List<List<String>> byServer(String r2dbcUrl) {
        MySqlUrl url = MySqlUrl.parse(r2dbcUrl);
        return url.servers().stream().map(server -> of(url.options(), server)).toList();
    }

    private static List<String> of(ConnectionFactoryOptions options, ServerAddress server) {
        String prefix = "jdbc:mariadb://" + server + "/" + options.getRequiredValue(ConnectionFactoryOptions.DATABASE)
                + "?connectTimeout=3000&";
        return tls(options).stream().map(prefix::concat).toList();
    }

    private static List<String> tls(ConnectionFactoryOptions options) {
        if (options.hasOption(SSL_KEY)) {
            throw new IllegalArgumentException("sslKey: the schema migration, over JDBC, does not support client"
                    + " certificates (expected: an account that needs none)");
        }
        String rest = versions(options) + certificate(options);
        return switch (sslMode(options)) {
            case "DISABLED" -> List.of(PLAIN);
            case "PREFERRED" -> List.of("sslMode=trust" + versions(options), PLAIN);
            case "REQUIRED", "TUNNEL" -> List.of("sslMode=trust" + versions(options));
            case "VERIFY_CA" -> List.of("sslMode=verify-ca" + rest);
            case "VERIFY_IDENTITY" -> List.of("sslMode=verify-full" + rest);
            default ->
                throw new IllegalArgumentException("sslMode: " + sslMode(options)
                        + " (expected: DISABLED, PREFERRED, REQUIRED, TUNNEL, VERIFY_CA or VERIFY_IDENTITY)");
        };
    }

    private static String sslMode(ConnectionFactoryOptions options) {
        if (options.hasOption(SSL_MODE)) {
            return String.valueOf(options.getValue(SSL_MODE))
                    .toUpperCase(Locale.ROOT)
                    .replace('-', '_');
        }
        return Boolean.TRUE.equals(options.getValue(ConnectionFactoryOptions.SSL)) ? "VERIFY_IDENTITY" : "PREFERRED";
    }

    private static String certificate(ConnectionFactoryOptions options) {
        return parameter("serverSslCert", options, SSL_CA);
    }

    private static String versions(ConnectionFactoryOptions options) {
        return parameter("enabledSslProtocolSuites", options, TLS_VERSION);
    }

    private static String parameter(String name, ConnectionFactoryOptions options, Option<String> option) {
        return options.hasOption(option)
                ? "&" + name + "=" + URLEncoder.encode(String.valueOf(options.getValue(option)), StandardCharsets.UTF_8)
                : "";
    }
}
