package io.portcullis.gateway.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.socket.CloseStatus;

class WebSocketPeerTests {
    private static final CloseStatus STATUS = CloseStatus.POLICY_VIOLATION.withReason("1002000014");
    private static final String FRAME_OF_STATUS = "\u0088\u000c\u0003\u00f01002000014";

    private final AtomicInteger ends = new AtomicInteger();
    private final WebSocketPeer client = new WebSocketPeer(ends::incrementAndGet, () -> {});
    private final WebSocketPeer service = new WebSocketPeer(() -> {}, () -> {});
    private final EmbeddedChannel clientChannel = new EmbeddedChannel(client);
    private final EmbeddedChannel serviceChannel = new EmbeddedChannel(service);

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }

    private static String sentTo(EmbeddedChannel channel) {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf next; (next = channel.readOutbound()) != null; next.release()) {
            sent.append(next.toString(ISO_8859_1));
        }
        return sent.toString();
    }

    @Test
    void connectWhenTheServiceHasSentFramesAndLeftThenTheClientReceivesThemBeforeTheEnd() {
        serviceChannel.writeInbound(bytes("\u0081\u0002hi"));
        serviceChannel.writeInbound(bytes("\u0088\u0000"));
        var unused = serviceChannel.close();
        assertThat(clientChannel.isOpen()).isTrue();

        WebSocketPeer.connect(client, service);

        assertThat(sentTo(clientChannel)).isEqualTo("\u0081\u0002hi\u0088\u0000");
        assertThat(ends).hasValue(1);
        clientChannel.runPendingTasks();
        assertThat(clientChannel.isOpen()).isFalse();
    }

    @Test
    void closeWhenAtABorderThenTheFrameIsSentAtOnce() {
        WebSocketPeer.connect(client, service);
        serviceChannel.writeInbound(bytes("\u0081\u0002hi"));

        client.close(CloseFrame.toClient(STATUS));

        assertThat(sentTo(clientChannel)).isEqualTo("\u0081\u0002hi" + FRAME_OF_STATUS);
        assertThat(ends).hasValue(1);
    }

    @Test
    void closeWhenInAFrameThenTheFrameIsCompletedFirst() {
        WebSocketPeer.connect(client, service);
        serviceChannel.writeInbound(bytes("\u0081\u0005he"));

        client.close(CloseFrame.toClient(STATUS));
        assertThat(ends).hasValue(0);
        serviceChannel.writeInbound(bytes("l"));
        serviceChannel.writeInbound(bytes("lo\u0081\u0002no"));

        assertThat(sentTo(clientChannel)).isEqualTo("\u0081\u0005hello" + FRAME_OF_STATUS);
        assertThat(ends).hasValue(1);
    }

    @Test
    void closeWhenTheRestOfAFrameDoesNotComeThenTheConnectionEndsWithoutACloseFrame() {
        WebSocketPeer.connect(client, service);
        serviceChannel.writeInbound(bytes("\u0081\u0005he"));

        client.close(CloseFrame.toClient(STATUS));
        clientChannel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
        clientChannel.runScheduledPendingTasks();

        assertThat(sentTo(clientChannel)).isEqualTo("\u0081\u0005he");
        assertThat(ends).hasValue(1);
        assertThat(clientChannel.isOpen()).isFalse();
    }

    @Test
    void closeWhenACloseFrameHasPassedThenThereIsNoSecondOne() {
        WebSocketPeer.connect(client, service);
        serviceChannel.writeInbound(bytes("\u0088\u0000"));

        client.close(CloseFrame.toClient(STATUS));

        assertThat(sentTo(clientChannel)).isEqualTo("\u0088\u0000");
        assertThat(ends).hasValue(1);
    }

    @Test
    void closeWhenToAServiceThenTheFrameHasAMask() {
        WebSocketPeer.connect(client, service);

        service.close(CloseFrame.toService(STATUS));

        String sent = sentTo(serviceChannel);
        StringBuilder payload = new StringBuilder();
        for (int i = 6; i < sent.length(); i++) {
            payload.append((char) (sent.charAt(i) ^ sent.charAt(2 + (i - 6) % 4)));
        }
        assertThat(sent).startsWith("\u0088\u008c");
        assertThat(payload).hasToString(FRAME_OF_STATUS.substring(2));
    }

    @Test
    void readWhenTheOtherPeerTakesNothingThenNoMoreIsRead() {
        WebSocketPeer.connect(client, service);
        clientChannel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

        serviceChannel.writeInbound(bytes("\u0081\u0002hi"));
        assertThat(serviceChannel.config().isAutoRead()).isFalse();

        clientChannel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        clientChannel.runPendingTasks();
        assertThat(serviceChannel.config().isAutoRead()).isTrue();
    }
}
