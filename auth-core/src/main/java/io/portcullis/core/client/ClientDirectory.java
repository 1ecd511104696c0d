package io.portcullis.core.client;

import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Finds enabled clients: those of the configuration, then those that administrators made. An id of the configuration hides the same id
 * in MySQL. Remembers a bounded number of the latter, because each introspection authenticates a client.
 */
public final class ClientDirectory {
    private static final int MAX_REMEMBERED = 1_000;
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long USABLE_NANOS = Duration.ofMinutes(5).toNanos();

    private final Map<String, RegisteredClient> configured;
    private final ClientRepository repository;
    private final LongSupplier nanoTime;
    private final Map<String, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /**
     * Creates a directory.
     *
     * @param nanoTime the monotonic clock of the memory
     */
    public ClientDirectory(
            Collection<RegisteredClient> configured, ClientRepository repository, LongSupplier nanoTime) {
        this.configured =
                configured.stream().collect(Collectors.toUnmodifiableMap(RegisteredClient::id, Function.identity()));
        this.repository = repository;
        this.nanoTime = nanoTime;
    }

    /** Returns whether the configuration has a client with this id. */
    public boolean isConfigured(String id) {
        return configured.containsKey(id);
    }

    /** Emits the enabled client as it is now; empty if there is none. Fails with {@code UNAVAILABLE} when MySQL failed. */
    public Mono<RegisteredClient> find(String id) {
        return find(id, repository::find);
    }

    /**
     * Emits the client, and keeps it as it is until the surrounding transaction ends; empty if it has changed since it was
     * authenticated. A change that commits in between therefore wins. Errors as {@link #find}.
     */
    public Mono<RegisteredClient> findUnchanged(RegisteredClient authenticated) {
        return Mono.defer(() -> find(authenticated.id(), repository::findForShare))
                .filter(authenticated::equals);
    }

    private Mono<RegisteredClient> find(String id, Function<String, Mono<RegisteredClient>> query) {
        if (!RegisteredClient.isId(id)) {
            return Mono.empty();
        }
        RegisteredClient known = configured.get(id);
        return known == null ? query.apply(id).filter(RegisteredClient::enabled) : Mono.just(known);
    }

    /**
     * Emits the enabled client as it was a second ago at the earliest or, while MySQL fails, five minutes ago. Empty and errors as
     * {@link #find}. Only for a decision that changes nothing.
     */
    Mono<RegisteredClient> findRecent(String id) {
        return Mono.defer(() -> {
            Remembered last = rememberedOf(id);
            if (last != null && last.ageNanos(nanoTime) < FRESH_NANOS) {
                return Mono.just(last.client());
            }
            return find(id).doOnNext(this::remember)
                    .switchIfEmpty(Mono.fromRunnable(() -> forget(id)))
                    .onErrorResume(PortcullisException.class, failure -> usable(last, failure));
        });
    }

    /** Returns whether the client is configured, or was found by {@link #findRecent}. */
    boolean isKnown(String id) {
        return isConfigured(id) || rememberedOf(id) != null;
    }

    private Mono<RegisteredClient> usable(@Nullable Remembered last, PortcullisException failure) {
        return last != null && last.ageNanos(nanoTime) < USABLE_NANOS ? Mono.just(last.client()) : Mono.error(failure);
    }

    private @Nullable Remembered rememberedOf(String id) {
        synchronized (remembered) {
            return remembered.get(id);
        }
    }

    private void remember(RegisteredClient client) {
        if (!isConfigured(client.id())) {
            synchronized (remembered) {
                remembered.put(client.id(), new Remembered(client, nanoTime.getAsLong()));
            }
        }
    }

    private void forget(String id) {
        synchronized (remembered) {
            remembered.remove(id);
        }
    }

    private record Remembered(RegisteredClient client, long readAt) {
        long ageNanos(LongSupplier nanoTime) {
            return nanoTime.getAsLong() - readAt;
        }
    }
}
