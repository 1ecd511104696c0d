package io.portcullis.gateway.diagnostics;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes URLs without their user, password, query and path, which may hold secrets. */
final class UrlText {
    private static final Pattern DATABASE_PATH = Pattern.compile("/?[\\w-]*");

    private static final Pattern SERVERS = Pattern.compile("[\\w.-]+(?::\\d+)?(?:,[\\w.-]+(?::\\d+)?)+");

    private UrlText() {}

    /** Returns the scheme, host and port of a URL. */
    static @Nullable String origin(@Nullable String url) {
        URI uri = parse(url);
        if (url == null) {
            return null;
        }
        return uri == null || uri.getHost() == null ? VisibleConfiguration.MASK : uri.getScheme() + "://" + place(uri);
    }

    /** Returns the driver, the host and port of each server, and the database of an R2DBC URL. */
    static @Nullable String database(@Nullable String url) {
        if (url == null) {
            return null;
        }
        String scheme = "r2dbc:";
        URI uri = url.startsWith(scheme) ? parse(url.substring(scheme.length())) : null;
        String servers = uri == null ? null : uri.getHost() == null ? list(uri) : place(uri);
        return uri == null || servers == null
                ? VisibleConfiguration.MASK
                : scheme + uri.getScheme() + "://" + servers + path(uri);
    }

    /** Returns the servers of a URL that names several; null for another URL without a host. */
    private static @Nullable String list(URI uri) {
        String authority = uri.getAuthority() == null ? "" : uri.getAuthority();
        String servers = authority.substring(authority.lastIndexOf('@') + 1);
        return SERVERS.matcher(servers).matches() ? servers : null;
    }

    private static @Nullable URI parse(@Nullable String url) {
        try {
            return url == null ? null : new URI(url);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static String path(URI uri) {
        return DATABASE_PATH.matcher(uri.getPath()).matches() ? uri.getPath() : "/" + VisibleConfiguration.MASK;
    }

    private static String place(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }
}
