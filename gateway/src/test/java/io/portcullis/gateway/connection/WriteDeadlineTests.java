package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteDeadlineTests {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long NO_TIMER = -1;

    private final Peer peer = new Peer();

    /** A channel whose peer accepts only as many bytes as the test allows. */
    private static final class Peer extends EmbeddedChannel {
        private long takes;

        Peer() {
            WriteDeadline.addTo(this, LIMIT);
            freezeTime();
        }

        void takes(long bytes) {
            takes = bytes;
            flush();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer buffer) {
            while (takes > 0 && buffer.current() instanceof ByteBuf next) {
                long bytes = Math.min(takes, next.readableBytes());
                takes -= bytes;
                buffer.removeBytes(bytes);
            }
        }

        void pass(long seconds) {
            for (long i = 0; i < 4 * seconds; i++) {
                advanceTimeBy(250, TimeUnit.MILLISECONDS);
                runScheduledPendingTasks();
            }
        }

        void send(int bytes) {
            var unused = writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes]));
        }
    }

    @Test
    void peerWhenItTakesAllAtOnceThenThereIsNoTimer() {
        peer.takes(1_000);
        peer.send(500);

        assertThat(peer.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    }

    @Test
    void peerWhenItTakesNothingThenItsConnectionIsClosed() {
        peer.send(500);
        peer.pass(9);
        assertThat(peer.isOpen()).isTrue();

        peer.pass(4);

        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void peerWhenItTakesNothingOfALargerAndLargerHeapThenItsConnectionIsClosed() {
        for (int i = 0; i < 13 && peer.isOpen(); i++) {
            peer.send(500);
            peer.pass(1);
        }

        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void peerWhenItTakesAByteNowAndThenThenItsConnectionStaysOpen() {
        peer.send(500);
        for (int i = 0; i < 10; i++) {
            peer.pass(7);
            peer.takes(1);
        }

        assertThat(peer.isOpen()).isTrue();
    }

    @Test
    void peerWhenNothingIsSentToItThenItsConnectionStaysOpen() {
        peer.send(500);
        peer.pass(5);
        peer.takes(10_000);
        peer.pass(100);

        assertThat(peer.isOpen()).isTrue();
        assertThat(peer.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    }
}
