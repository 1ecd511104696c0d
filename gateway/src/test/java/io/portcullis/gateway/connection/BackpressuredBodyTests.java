package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.test.publisher.TestPublisher;

class BackpressuredBodyTests {
    private static final int PIECE = 8_192;
    private final EmbeddedChannel channel = new EmbeddedChannel(new StalledPeer());
    private boolean takes;

    /** A socket that accepts bytes only while {@code takes} is true. */
    private final class StalledPeer extends ChannelOutboundHandlerAdapter {
        @Override
        public void flush(ChannelHandlerContext context) {
            if (takes) {
                context.flush();
            }
        }
    }

    BackpressuredBodyTests() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(2 * PIECE, 4 * PIECE));
    }

    /** A subscriber that behaves like reactor-netty: it requests many elements and writes each one. */
    private final class Writer implements CoreSubscriber<ByteBuf> {
        private final List<Throwable> ends = new ArrayList<>();
        private Subscription subscription = Operators.emptySubscription();

        @Override
        public void onSubscribe(Subscription made) {
            subscription = made;
            made.request(128);
        }

        @Override
        public void onNext(ByteBuf piece) {
            var unused = channel.write(piece);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add(failure);
        }

        @Override
        public void onComplete() {}
    }

    private static Flux<ByteBuf> pieces(int count) {
        return Flux.range(0, count).map(i -> Unpooled.wrappedBuffer(new byte[PIECE]));
    }

    private long pending() {
        return channel.unsafe().outboundBuffer().totalPendingWriteBytes();
    }

    @Test
    void bodyWhenTheChannelTakesNothingThenIsReadUpToTheWaterMarkAndOneBatch() {
        BackpressuredBody.of(pieces(1_000), channel).subscribe(new Writer());

        assertThat(pending() / PIECE).isBetween(4L, 4L + BackpressuredBody.BATCH);
    }

    @Test
    void bodyWhenTheChannelTakesAgainThenGoesOnToItsEnd() {
        BackpressuredBody.of(pieces(100), channel).subscribe(new Writer());
        takes = true;

        for (int i = 0; i < 100; i++) {
            channel.flush();
        }

        assertThat(channel.outboundMessages()).hasSize(100);
    }

    @Test
    void bodyWhenCancelledThenItsSourceIsAndTheChannelForgetsIt() {
        TestPublisher<ByteBuf> source = TestPublisher.create();
        var writer = new Writer();
        BackpressuredBody.of(source, channel).subscribe(writer);

        writer.subscription.cancel();

        source.assertCancelled();
        channel.pipeline().fireChannelWritabilityChanged();
        source.assertMaxRequested(BackpressuredBody.BATCH);
    }

    @Test
    void groupsWhenTheyHaveNotEndedThenNoMoreThanOneBatchIsRequested() {
        Sinks.One<String> last = Sinks.one();
        List<Publisher<? extends String>> received = new ArrayList<>();
        Flux<Publisher<? extends String>> groups =
                Flux.<Publisher<? extends String>>just(last.asMono()).repeat(99);

        var unused = BackpressuredBody.ofGroups(groups, channel).subscribe(received::add);
        assertThat(received).hasSize(BackpressuredBody.BATCH);
        assertThat(last.tryEmitEmpty().isSuccess()).isTrue();
        List.copyOf(received).forEach(group -> Mono.from(group).subscribe());

        assertThat(received).hasSize(2 * BackpressuredBody.BATCH);
    }
}
