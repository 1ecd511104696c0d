package io.portcullis.bench.world;

import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.store.Identity;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * Issues the sessions of an installation in the middle of its day: five of each user, with access and refresh tokens in both stores. The
 * access tokens expire in the next half hour, and the refresh tokens in the next seven days, each spread evenly.
 */
public final class LiveSessions {
    public static final int PER_USER = 5;
    /** The name of an administrator. The gateway creates none, because there are accounts. */
    public static final String ADMINISTRATOR = "soak-admin";

    /** The password of all users. */
    public static final String PASSWORD = "soak-demo-pass";

    private static final String ACCOUNTS =
            "INSERT INTO account (id, username, password_hash, status, roles, user_type, created_at) VALUES";
    private static final int BATCH = 20_000;
    private static final int PROGRESS = 100_000;
    /** The lowest cost: the passwords are not what the soak measures. */
    private static final int BCRYPT_COST = 4;

    private static final Duration ACCESS = Duration.ofMinutes(30);
    private static final Duration REFRESH = Duration.ofDays(7);

    private final Stores stores;
    private final Consumer<String> log;
    private final TokenCodec codec;
    private final TimeOrderedIds ids;

    public LiveSessions(Stores stores, Consumer<String> log) {
        this.stores = stores;
        this.log = log;
        SecureRandom random = new SecureRandom();
        this.codec = new TokenCodec(stores.keys(), Clock.systemUTC(), random);
        this.ids = new TimeOrderedIds(Clock.systemUTC(), random);
    }

    /** Returns the id and name of a user. */
    public static String user(int number) {
        return "soak-" + number;
    }

    /** Issues sessions; the user of session {@code i} has the number {@code i / 5}. */
    public List<Session> issue(int count) {
        createAccounts(count / PER_USER + 1);
        List<Session> sessions = new ArrayList<>(count);
        while (sessions.size() < count) {
            int from = sessions.size();
            List<LiveTokens.Issued> batch = IntStream.range(from, Math.min(from + BATCH, count))
                    .mapToObj(this::session)
                    .toList();
            new TokenRows(stores).insert(batch);
            new TokenEntries(stores).putForPortcullis(batch);
            batch.forEach(issued -> sessions.add(Session.of(issued)));
            if (sessions.size() % PROGRESS == 0) {
                log.accept("issued %,d sessions".formatted(sessions.size()));
            }
        }
        return sessions;
    }

    private LiveTokens.Issued session(int number) {
        String user = user(number / PER_USER);
        // Two orders that have nothing to do with each other, so that neither expiry follows the order of the rows.
        double access = (number * 0.618_033_988_749_895) % 1;
        double refresh = (number * 0.754_877_666_246_693) % 1;
        Instant now = Instant.now();
        Instant refreshExpiry = now.plus(Duration.ofMillis((long) (REFRESH.toMillis() * refresh)));
        var identity = new Identity(user, user, "user", null, Set.of("user"), ids.get());
        return new LiveTokens.Issued(
                codec.mintAccess(
                        identity.sessionId(), now.plus(Duration.ofMillis((long) (ACCESS.toMillis() * access)))),
                codec.mintRefresh(identity.sessionId(), 0, refreshExpiry),
                identity);
    }

    private void createAccounts(int count) {
        String hash = "{bcrypt}" + new BCryptPasswordEncoder(BCRYPT_COST).encode(PASSWORD);
        stores.insert(ACCOUNTS, 1, any -> account(ADMINISTRATOR, "admin", hash));
        stores.insert(ACCOUNTS, count, number -> account(user(number), "user", hash));
    }

    private static String account(String name, String role, String hash) {
        return "('%1$s','%1$s','%2$s','ENABLED','%3$s','user',UTC_TIMESTAMP(3))".formatted(name, hash, role);
    }

    /**
     * What a client keeps of its session.
     *
     * @param expiresAt the expiry of the session
     */
    public record Session(String access, Instant accessExpiresAt, String refresh, Instant expiresAt) {
        private static Session of(LiveTokens.Issued issued) {
            Token refresh = Objects.requireNonNull(issued.refresh(), "refresh");
            return new Session(
                    issued.token().value(), issued.token().expiresAt(), refresh.value(), refresh.expiresAt());
        }
    }
}
