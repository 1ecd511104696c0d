package io.portcullis.gateway;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Prints how long after an administrator's kick another node refuses the session for the first time. A client calls that node again and
 * again, one call at a time. Run on demand: it needs a quiet machine. {@code -Dkicks} is the number of kicks.
 */
class KickMeasurement {
    private static final int KICKS = Integer.getInteger("kicks", 200);
    private static final int WARM_UP = 10;
    private static final String PASSWORD = "some-demo-pass";
    private static final String ECHO = "/api/echo/a";

    private static final DatabaseServer database = DatabaseServer.start();
    private static final RedisServer redis = RedisServer.start();
    private static final ProxiedNode kicking = ProxiedNode.start(database, redis, List.of());
    private static final ProxiedNode other = ProxiedNode.start(database, redis, List.of());
    private static final GatewayNode node = kicking.gateway();

    private static String admin = "";

    @BeforeAll
    static void createUsers() throws Exception {
        node.createAccount("kicked", PASSWORD, "user");
        node.createAccount("kicker", PASSWORD, "admin");
        admin = node.login("kicker", PASSWORD).get("accessToken").asString();
    }

    @AfterAll
    static void close() {
        kicking.close();
        other.close();
        redis.close();
        database.close();
    }

    /** Times of one kick. {@code staleNanos} is the time from the response to the kick to the sending of the last call that was served. */
    private record Kick(long answeredNanos, long refusedNanos, long staleNanos) {}

    @Test
    void measure() throws Exception {
        List<Kick> kicks = new ArrayList<>();
        for (int i = 0; i < KICKS + WARM_UP; i++) {
            Kick kick = kick();
            if (i >= WARM_UP) {
                kicks.add(kick);
            }
        }
        print(
                "response to the kick",
                kicks.stream().map(Kick::answeredNanos).sorted().toList());
        print(
                "first refusal at the other node",
                kicks.stream().map(Kick::refusedNanos).sorted().toList());
        long stale = kicks.stream().filter(kick -> kick.staleNanos() > 0).count();
        System.out.printf("KICK calls sent after the response to the kick and served: %d%n", stale);
    }

    private static void print(String what, List<Long> nanos) {
        int count = nanos.size();
        System.out.printf(
                "KICK %-32s %d kicks: median %6.1f ms, p99 %6.1f ms, worst %6.1f ms%n",
                what,
                count,
                nanos.get(count / 2) / 1e6,
                nanos.get(count * 99 / 100 - 1) / 1e6,
                nanos.get(count - 1) / 1e6);
    }

    private static Kick kick() throws Exception {
        var login = node.login("kicked", PASSWORD);
        String token = login.get("accessToken").asString();
        CompletableFuture<Void> served = new CompletableFuture<>();
        CompletableFuture<long[]> calls = CompletableFuture.supplyAsync(() -> callUntilRefused(token, served));
        CompletableFuture.anyOf(served, calls).join();
        long sent = System.nanoTime();
        var response =
                node.call("DELETE", "/system/session/" + login.get("sessionId").asString(), admin, null);
        long answered = System.nanoTime();
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.body());
        }
        long[] times = calls.join();
        return new Kick(answered - sent, times[1] - sent, times[0] - answered);
    }

    /** Returns when the last call that was served was sent, and when the first refusal came. */
    private static long[] callUntilRefused(String token, CompletableFuture<Void> served) {
        try {
            long lastServed = System.nanoTime();
            while (true) {
                long sent = System.nanoTime();
                int status = other.gateway().call("GET", ECHO, token, null).statusCode();
                if (status == 401) {
                    return new long[] {lastServed, System.nanoTime()};
                }
                lastServed = sent;
                served.complete(null);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
