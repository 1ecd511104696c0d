package io.portcullis.gateway.origin;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The origins that a configuration allows.
 *
 * @param any whether each origin is allowed, also {@code null}
 * @param origins the allowed origins
 */
public record AllowedOrigins(boolean any, Set<Origin> origins) {
    public static final AllowedOrigins NONE = new AllowedOrigins(false, Set.of());

    private static final String ANY = "*";

    public AllowedOrigins {
        origins = Set.copyOf(origins);
    }

    /**
     * Reads configured values, see {@link Origin#parseConfigured}. The value {@code *} allows any origin. Returns null if another
     * value is no origin.
     */
    public static @Nullable AllowedOrigins parse(Collection<String> values) {
        Set<Origin> origins = new LinkedHashSet<>();
        for (String value : values) {
            Origin origin = Origin.parseConfigured(value);
            if (origin != null) {
                origins.add(origin);
            } else if (!value.equals(ANY)) {
                return null;
            }
        }
        return new AllowedOrigins(values.contains(ANY), origins);
    }

    /** Returns whether the origin is allowed, where null stands for a text that names no origin. */
    public boolean contains(@Nullable Origin origin) {
        return any || (origin != null && origins.contains(origin));
    }
}
