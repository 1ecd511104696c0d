package io.portcullis.gateway.admin;

import io.portcullis.core.client.GrantType;
import io.portcullis.gateway.endpoint.RequestFields;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Converts the fields of request bodies about clients. {@link io.portcullis.core.client.RegisteredClient} validates the values. */
final class ClientValues {
    private static final String ALL_GRANTS = "client_credentials, refresh_token";

    private ClientValues() {}

    /** Returns the grants. Throws {@code BAD_REQUEST} for one that does not exist. */
    static Set<GrantType> grants(@Nullable Set<@Nullable String> names) {
        return texts(names).stream()
                .map(name ->
                        GrantType.ofParameter(name).orElseThrow(() -> RequestFields.invalidField("grants", ALL_GRANTS)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the texts, with an empty text, which is no valid name, for {@code null}. */
    static Set<String> texts(@Nullable Set<@Nullable String> names) {
        return names == null
                ? Set.of()
                : names.stream()
                        .map(name -> Objects.requireNonNullElse(name, ""))
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the duration of a number of seconds, cut to what no lifetime may exceed. */
    static @Nullable Duration seconds(@Nullable Long number) {
        return number == null ? null : Duration.ofSeconds(Math.min(Math.max(number, 0), Integer.MAX_VALUE));
    }
}
