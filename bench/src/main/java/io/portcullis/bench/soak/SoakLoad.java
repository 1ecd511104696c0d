package io.portcullis.bench.soak;

import io.portcullis.bench.world.LiveSessions;
import io.portcullis.bench.world.SessionClient;
import io.portcullis.bench.world.SessionClient.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Sends a mix of calls at a fixed rate, whether or not earlier ones have been answered. Each response is checked: a live session must
 * pass and be refreshed, and an ended one must be refused.
 */
final class SoakLoad implements AutoCloseable {
    private static final int TICK_MILLIS = 10;
    private static final int MAX_IN_FLIGHT = 2_000;
    private static final int MAX_ENDED = 100_000;
    private static final Duration ACCESS_LIFE = Duration.ofMinutes(29);
    private static final int TRIES = 100;

    private final SessionClient client;
    private final String path;
    private final List<ClientSession> sessions;
    private final Queue<String> ended = new ConcurrentLinkedQueue<>();
    private final Calls results = new Calls();
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final SplittableRandom random = new SplittableRandom();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile String administrator;
    private volatile int rate;
    private int remainder;

    /**
     * @param path the path of the proxied request
     * @param administrator the access token that kicks and reads pages
     * @param sessions the sessions; session {@code i} is of the user {@code i / 5}
     */
    SoakLoad(SessionClient client, String path, String administrator, List<LiveSessions.Session> sessions) {
        this.client = client;
        this.path = path;
        this.administrator = administrator;
        this.sessions =
                new ArrayList<>(sessions.stream().map(ClientSession::new).toList());
        var unused = clock.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Begins to send this number of calls per second. */
    void setRate(int callsPerSecond) {
        rate = callsPerSecond;
    }

    /** Kicks and reads pages with this access token from now on. */
    void setAdministrator(String access) {
        administrator = access;
    }

    /** Returns the calls since the last call of this method. */
    Calls take() {
        return results.takeAll();
    }

    private void tick() {
        remainder += rate * TICK_MILLIS;
        for (; remainder >= 1_000; remainder -= 1_000) {
            send(Call.draw(random));
        }
    }

    private void send(Call call) {
        switch (call) {
            case USE -> withSession(this::use);
            case REFRESH -> withSession(this::refresh);
            case LOGOUT -> withSession(this::logout);
            case ENDED -> Optional.ofNullable(ended.poll()).ifPresent(this::useEnded);
            case LOGIN -> login();
            case KICK -> kick();
            case PAGE ->
                run(
                        Call.PAGE,
                        () -> client.get("/system/session/page?pageSize=20", administrator),
                        Reply::succeeded,
                        () -> {});
        }
    }

    private void withSession(Consumer<ClientSession> call) {
        for (int i = 0; i < TRIES; i++) {
            ClientSession session = sessions.get(random.nextInt(sessions.size()));
            if (session.isLive() && session.acquire()) {
                call.accept(session);
                return;
            }
        }
    }

    /** Sends a proxied request, or a refresh if the access token of the session has expired. */
    private void use(ClientSession session) {
        if (session.needsRefresh()) {
            refresh(session);
        } else {
            run(Call.USE, () -> client.get(path, session.access()), reply -> reply.status() == 200, session::release);
        }
    }

    private void refresh(ClientSession session) {
        boolean uncertain = session.beginRefresh();
        run(
                Call.REFRESH,
                () -> client.refresh(session.refresh()),
                reply -> {
                    if (uncertain && reply.status() == 401) {
                        session.end();
                        return true;
                    }
                    return reply.succeeded() && accept(session, reply);
                },
                session::release);
    }

    private static boolean accept(ClientSession session, Reply reply) {
        String access = reply.text("accessToken");
        String refresh = reply.text("refreshToken");
        if (access == null || refresh == null) {
            return false;
        }
        session.refreshed(access, Instant.now().plus(ACCESS_LIFE), refresh);
        return true;
    }

    private void logout(ClientSession session) {
        session.end();
        run(
                Call.LOGOUT,
                () -> client.logout(session.access()),
                reply -> reply.succeeded() && remember(session),
                session::release);
    }

    private boolean remember(ClientSession session) {
        if (!session.needsRefresh() && ended.size() < MAX_ENDED) {
            ended.add(session.access());
        }
        return true;
    }

    private void useEnded(String access) {
        run(Call.ENDED, () -> client.get(path, access), reply -> reply.status() == 401, () -> {});
    }

    private void login() {
        String user = LiveSessions.user(random.nextInt(sessions.size() / LiveSessions.PER_USER));
        run(Call.LOGIN, () -> client.login(user, LiveSessions.PASSWORD), Reply::succeeded, () -> {});
    }

    /** Ends the sessions of a user none of which is in use at the moment. */
    private void kick() {
        int user = random.nextInt(sessions.size() / LiveSessions.PER_USER);
        int first = user * LiveSessions.PER_USER;
        List<ClientSession> held = new ArrayList<>();
        for (ClientSession session : sessions.subList(first, first + LiveSessions.PER_USER)) {
            if (!session.acquire()) {
                held.forEach(ClientSession::release);
                return;
            }
            held.add(session);
        }
        List<ClientSession> live = held.stream().filter(ClientSession::isLive).toList();
        live.forEach(ClientSession::end);
        run(
                Call.KICK,
                () -> client.kick(LiveSessions.user(user), administrator),
                reply -> reply.succeeded() && live.stream().allMatch(this::remember),
                () -> held.forEach(ClientSession::release));
    }

    /** Sends a call, unless too many are in flight; checks and records the result. */
    private void run(Call call, Supplier<CompletableFuture<Reply>> send, Predicate<Reply> expected, Runnable end) {
        long from = System.nanoTime();
        if (!inFlight.tryAcquire()) {
            results.fail(call, "not sent, too many in flight");
            end.run();
            return;
        }
        var unused = send.get().whenComplete((reply, failure) -> {
            inFlight.release();
            if (failure != null) {
                results.fail(call, String.valueOf(failure.getMessage()));
            } else if (expected.test(reply)) {
                results.record(call, from);
            } else {
                results.fail(call, "status " + reply.status());
            }
            end.run();
        });
    }

    /** Stops, and waits for the calls in flight. */
    @Override
    public void close() {
        clock.shutdown();
        try {
            var unused = inFlight.tryAcquire(MAX_IN_FLIGHT, 1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
