package io.portcullis.gateway.forwarded;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.use.GatheredTokenUses;
import io.portcullis.core.token.use.TokenUseCounters;
import io.portcullis.core.token.use.TokenUseSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * Measures and prints what the record of a token use adds to a request: the client's address, and the entry in memory. The reference is
 * the verification of the token's text in the same run, which each request pays. Not part of the build: run it with {@code mvn test -pl
 * gateway -am -Dtest=TokenUseMeasurement -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class TokenUseMeasurement {
    private static final int CALLS = 1_000_000;
    private static final int ROUNDS = 9;
    private static final int SESSIONS = 5_000;

    private final TokenUseCounters counters = new TokenUseCounters();
    private final GatheredTokenUses gathered = new GatheredTokenUses(
            new TokenUseSettings(Duration.ofSeconds(5), 1_000_000, 200), counters, Clock.systemUTC());
    private final String[] sessions = new String[SESSIONS];
    private final String[] digests = new String[SESSIONS];
    private int sink;

    @Test
    void measure() throws Exception {
        SecureRandom random = new SecureRandom();
        TokenCodec codec = new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(random))), Clock.systemUTC(), random);
        String[] tokens = new String[SESSIONS];
        for (int i = 0; i < SESSIONS; i++) {
            sessions[i] = UUID.randomUUID().toString();
            var token = codec.mintAccess(sessions[i], Instant.now().plusSeconds(3600));
            digests[i] = token.digest();
            tokens[i] = token.value();
        }
        ClientAddresses direct = new ClientAddresses(new TrustedProxies(null));
        ClientAddresses proxied = new ClientAddresses(new TrustedProxies("10\\.0\\.0\\.\\d+"));
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getByName("10.0.0.9"), 4711);
        InetSocketAddress ipV6 = new InetSocketAddress(InetAddress.getByName("2001:db8::7"), 4711);
        List<String> forwardedFor = List.of("198.51.100.7, 10.0.0.3");

        double reference = nanos(i ->
                sink += codec.verify(TokenKind.ACCESS, tokens[i % SESSIONS]).hashCode());
        print("reference: verification of the token", reference, reference);
        print("record, direct IPv4", nanos(i -> use(i, direct.find(peer, List.of()))), reference);
        print("record, direct IPv6", nanos(i -> use(i, direct.find(ipV6, List.of()))), reference);
        print("record, two trusted proxies", nanos(i -> use(i, proxied.find(peer, forwardedFor))), reference);
        print(
                "record, 200 addresses of one token",
                nanos(i -> gathered.record(
                        new String(digests[0].toCharArray()), sessions[0], "u", null, "198.51.100." + i % 200)),
                reference);
        System.out.printf("dropped: %d, sink %d%n", counters.droppedForMemory(), sink);
        assertThat(counters.droppedForMemory()).isZero();
    }

    /** Copies the texts, because those of a request are new and have no hash yet. */
    private void use(int i, String ip) {
        int session = i % SESSIONS;
        gathered.record(
                new String(digests[session].toCharArray()), new String(sessions[session].toCharArray()), "u", null, ip);
    }

    private static double nanos(IntConsumer call) {
        double[] rounds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                call.accept(i);
            }
            rounds[round] = (double) (System.nanoTime() - start) / CALLS;
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static void print(String what, double nanos, double reference) {
        System.out.printf("%-40s %7.0f ns, %.2f of the reference%n", what, nanos, nanos / reference);
    }
}
