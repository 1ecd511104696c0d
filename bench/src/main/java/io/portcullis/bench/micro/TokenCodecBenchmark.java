package io.portcullis.bench.micro;

import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the verification of a genuine and of a forged token, and the creation of a token. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenCodecBenchmark {
    private final SecureRandom random = new SecureRandom();
    private final TokenCodec codec =
            new TokenCodec(KeyRing.of(List.of(KeyRing.newSecret(random))), Clock.systemUTC(), random);
    private final Instant expiry = Instant.now().plus(Duration.ofHours(1));
    private final String session = UUID.randomUUID().toString();
    private final String genuine = codec.mintAccess(session, expiry).value();
    private final String forged = genuine.substring(0, genuine.length() - 4) + "AAAA";

    @Benchmark
    public TokenVerification verifyGenuine() {
        return codec.verify(TokenKind.ACCESS, genuine);
    }

    @Benchmark
    public TokenVerification verifyForged() {
        return codec.verify(TokenKind.ACCESS, forged);
    }

    @Benchmark
    public Token mint() {
        return codec.mintAccess(session, expiry);
    }
}
