package io.portcullis.bench.world;

import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Provides tokens for wrk in files. The gateway's own codec issues live tokens with its key. They are stored in Redis and MySQL
 * as after a login, each with a session of its own, without the cost of a million logins. Redis also contains them under {@code
 * bench:token:} for the other subjects.
 */
public final class LiveTokens {
    private static final Duration LIFE = Duration.ofHours(12);

    private static final int BATCH = 50_000;

    private final Stores stores;
    private final Path directory;
    private final TokenCodec codec;
    /** Generates ids as the gateway does. Random ids would make MySQL read another page for each row. */
    private final Supplier<String> ids;

    private final List<String> live = new ArrayList<>();

    public LiveTokens(Stores stores, Path directory) {
        this.stores = stores;
        this.directory = directory;
        SecureRandom random = new SecureRandom();
        this.codec = new TokenCodec(stores.keys(), Clock.systemUTC(), random);
        this.ids = new TimeOrderedIds(Clock.systemUTC(), random);
    }

    /** Returns a file with the given number of live tokens. Issues missing ones. */
    public Path live(int count) {
        issueUpTo(count);
        return write("live-" + count, live.subList(0, count));
    }

    /** Returns one of the live tokens. */
    public String first() {
        issueUpTo(1);
        return live.get(0);
    }

    private void issueUpTo(int count) {
        while (live.size() < count) {
            live.addAll(spare(Math.min(BATCH, count - live.size())));
        }
    }

    /** Returns live tokens that are never returned again, so that their sessions can be ended. */
    public List<String> spare(int count) {
        List<Issued> issued = Stream.generate(this::issue).limit(count).toList();
        new TokenRows(stores).insert(issued);
        new TokenEntries(stores).put(issued);
        return issued.stream().map(one -> one.token().value()).toList();
    }

    /** Returns a file with genuine but expired tokens. */
    public Path expired(int count) {
        Instant past = Instant.now().minus(LIFE);
        return write(
                "expired-" + count,
                count,
                () -> codec.mintAccess(ids.get(), past).value());
    }

    /** Returns a file with well-formed but forged tokens. */
    public Path random(int count) {
        SecureRandom random = new SecureRandom();
        return write("random-" + count, count, () -> {
            byte[] body = new byte[60];
            random.nextBytes(body);
            return TokenKind.ACCESS.prefix() + Base64.getUrlEncoder().encodeToString(body);
        });
    }

    private Issued issue() {
        var identity = new Identity("user-1", "alice", "user", null, Set.of("user"), ids.get());
        return new Issued(codec.mintAccess(identity.sessionId(), Instant.now().plus(LIFE)), null, identity);
    }

    private Path write(String name, int count, Supplier<String> token) {
        return write(name, Stream.generate(token).limit(count).toList());
    }

    private Path write(String name, List<String> tokens) {
        try {
            return Files.write(directory.resolve(name + ".txt"), tokens);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An access token and the identity that it represents.
     *
     * @param refresh the refresh token of the same session, null for none
     */
    record Issued(Token token, @Nullable Token refresh, Identity identity) {
        Instant sessionExpiresAt() {
            return refresh == null ? token.expiresAt() : refresh.expiresAt();
        }
    }
}
