package io.portcullis.core.redis;

import static io.portcullis.core.mother.Identities.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.AccessTokenCacheContract;
import io.portcullis.core.token.store.AccessTokenEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** Tests replies, failures, timeouts and cancellations of a command in every order, with a scripted executor. */
class GetTokenCommandTests {
    private final List<GetTokenCommand> dispatched = new ArrayList<>();
    private final RedisAccessTokenCache cache = new RedisAccessTokenCache(new ManualExecutor(), null);

    private StepVerifier.FirstStep<AccessTokenEntry> find() {
        return StepVerifier.create(cache.find("d1g"));
    }

    private GetTokenCommand lookup() {
        return dispatched.get(0);
    }

    private void reply(String value) {
        lookup().set(ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
        lookup().complete();
    }

    private static void verifyUnavailable(StepVerifier.Step<AccessTokenEntry> find) {
        find.expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                PortcullisException.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE)))
                .verify(AccessTokenCacheContract.LIMIT);
    }

    @Test
    void encodeWhenAskedThenTheCommandsBytes() {
        cache.find("d1g").subscribe().dispose();
        ByteBuf bytes = Unpooled.buffer();

        lookup().encode(bytes);

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("*2\r\n$3\r\nGET\r\n$17\r\nportcullis:at:d1g\r\n");
    }

    @Test
    void findWhenNothingIsRequestedThenNotAsked() {
        StepVerifier.create(cache.find("d"), 0)
                .expectSubscription()
                .then(() -> assertThat(dispatched).isEmpty())
                .thenRequest(1)
                .then(() -> reply(IdentityCodec.write(ALICE, IdentityFormat.COMPATIBLE)))
                .expectNext(new AccessTokenEntry.Live(ALICE))
                .expectComplete()
                .verify(AccessTokenCacheContract.LIMIT);
        assertThat(dispatched).hasSize(1);
    }

    @Test
    void findWhenRedisAnswersWithAnErrorThenUnavailable() {
        verifyUnavailable(find().then(() -> {
            lookup().setError("LOADING Redis is loading the dataset in memory");
            lookup().complete();
        }));
    }

    @Test
    void findWhenLettuceCancelsThenUnavailable() {
        verifyUnavailable(find().then(() -> lookup().cancel()));
    }

    @Test
    void findWhenItFailedThenTheLateAnswerIsIgnored() {
        verifyUnavailable(find().then(() -> {
            boolean unused = lookup().completeExceptionally(new IllegalStateException("lost"));
            reply(IdentityCodec.write(ALICE, IdentityFormat.COMPATIBLE));
        }));
    }

    @Test
    void findWhenCancelledThenTheAnswerIsIgnored() {
        List<AccessTokenEntry> seen = new ArrayList<>();
        cache.find("d1g").subscribe(seen::add).dispose();

        reply(IdentityCodec.write(ALICE, IdentityFormat.COMPATIBLE));

        assertThat(lookup().isDone()).isTrue();
        assertThat(seen).isEmpty();
    }

    private final class ManualExecutor implements RedisCommandExecutor {
        @Override
        public RedisClusterReactiveCommands<String, String> commands() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispatch(GetTokenCommand lookup) {
            dispatched.add(lookup);
        }

        @Override
        public RedisSettings.Timeouts timeouts() {
            return RedisSettings.Timeouts.DEFAULTS;
        }
    }
}
