package io.portcullis.gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.portcullis.core.client.GrantType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.login.ClientService.CreatedSecret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Represents an OAuth 2 client. {@code createTime} is in epoch milliseconds. The text form hides the secret.
 *
 * @param secrets the number of its secrets
 * @param secret the secret that this call created; missing from all other responses
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ClientBody(
        String id,
        String name,
        String type,
        String status,
        List<String> grants,
        List<String> scopes,
        List<String> roles,
        @Nullable Long accessTtlSeconds,
        @Nullable Long refreshTtlSeconds,
        int secrets,
        long createTime,
        @Nullable String secret) {
    static ClientBody of(RegisteredClient client) {
        return of(client, null);
    }

    static ClientBody of(CreatedSecret created) {
        return of(created.client(), created.secret().isEmpty() ? null : created.secret());
    }

    private static ClientBody of(RegisteredClient client, @Nullable String secret) {
        return new ClientBody(
                client.id(),
                client.name(),
                QueryParameters.word(client.type().name()),
                client.enabled() ? "enabled" : "disabled",
                client.grants().stream().map(GrantType::parameter).sorted().toList(),
                client.scopes().stream().sorted().toList(),
                client.roles().stream().sorted().toList(),
                seconds(client.accessTtl()),
                seconds(client.refreshTtl()),
                client.secretDigests().size(),
                client.createdAt().toEpochMilli(),
                secret);
    }

    private static @Nullable Long seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toSeconds();
    }

    @Override
    public String toString() {
        return "ClientBody[id=" + id + "]";
    }
}
