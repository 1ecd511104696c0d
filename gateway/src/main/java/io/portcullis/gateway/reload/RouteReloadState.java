package io.portcullis.gateway.reload;

import io.portcullis.gateway.route.ConfiguredRoutes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The routes in force, and what came of the reloads. Thread-safe; one reload at a time changes it. */
public final class RouteReloadState {
    private static final int VERSION_BYTES = 6;

    private final Clock clock;
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile Current current;

    RouteReloadState(ConfiguredRoutes atStart, Clock clock) {
        this.clock = clock;
        this.current = new Current(atStart, version(atStart), clock.instant(), null, List.of());
    }

    /**
     * The routes in force.
     *
     * @param version equal on two nodes exactly if their routes are equal
     * @param since when these routes came into force
     * @param refusal why the files are not in force; null if they are
     * @param needRestart the names of other properties whose values in the files have changed since the start
     */
    public record Current(
            ConfiguredRoutes routes,
            String version,
            Instant since,
            @Nullable Refusal refusal,
            List<String> needRestart) {
        public Current {
            needRestart = List.copyOf(needRestart);
        }
    }

    /**
     * Why a reload was refused.
     *
     * @param message names the mistake and its place, and says what to write instead
     */
    public record Refusal(Instant since, String message) {}

    public Current current() {
        return current;
    }

    long applied() {
        return applied.get();
    }

    long refused() {
        return refused.get();
    }

    /** Records that the routes of the files are those in force, perhaps at other lines. */
    void confirm(ConfiguredRoutes routes, List<String> needRestart) {
        current = new Current(routes, current.version, current.since, null, needRestart);
    }

    void apply(ConfiguredRoutes routes, List<String> needRestart) {
        current = new Current(routes, version(routes), clock.instant(), null, needRestart);
        applied.incrementAndGet();
    }

    /** Records a refusal. Returns false if it has the message of the refusal before it, which then stays. */
    boolean refuse(String message) {
        Current before = current;
        if (before.refusal != null && before.refusal.message.equals(message)) {
            return false;
        }
        Refusal refusal = new Refusal(clock.instant(), message);
        current = new Current(before.routes, before.version, before.since, refusal, before.needRestart);
        refused.incrementAndGet();
        return true;
    }

    private static String version(ConfiguredRoutes routes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(routes.definitions().toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
