package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

class RequestDeadlineTests {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long NO_TIMER = -1;

    private final List<Throwable> failures = new ArrayList<>();
    private final EmbeddedChannel channel = channel();
    private boolean respondsAtOnce;

    private EmbeddedChannel channel() {
        EmbeddedChannel made = new EmbeddedChannel();
        made.pipeline().addLast(NettyPipeline.HttpTrafficHandler, new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failures.add(cause);
                if (respondsAtOnce) {
                    respond(HttpResponseStatus.REQUEST_TIMEOUT);
                }
            }
        });
        RequestDeadline.addTo(made, LIMIT);
        made.freezeTime();
        return made;
    }

    private void begin() {
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/"));
    }

    private void drip() {
        channel.writeInbound(new DefaultHttpContent(Unpooled.copiedBuffer(new byte[1])));
    }

    private void end() {
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void respond(HttpResponseStatus status) {
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status));
    }

    private void advance(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void requestWhenItsBodyDripsThenItsHandlerIsToldAndTheConnectionIsClosed() {
        respondsAtOnce = true;
        begin();
        for (int second = 0; second < 9; second++) {
            advance(1);
            drip();
        }
        assertThat(channel.isOpen()).isTrue();

        advance(1);

        assertThat(channel.isOpen()).isFalse();
        assertThat(failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        PortcullisException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.REQUEST_TIMEOUT));
    }

    @Test
    void requestWhenAnsweredBeforeItsEndThenTheConnectionIsClosedWithoutAWord() {
        begin();
        respond(HttpResponseStatus.UNAUTHORIZED);

        advance(10);

        assertThat(channel.isOpen()).isFalse();
        assertThat(failures).isEmpty();
    }

    @Test
    void requestWhenAskedToContinueThenItIsNotAnswered() {
        begin();
        respond(HttpResponseStatus.CONTINUE);

        advance(10);

        assertThat(failures).hasSize(1);
    }

    @Test
    void answerWhenLateThenNothingHappens() {
        begin();
        end();

        advance(60);

        assertThat(channel.isOpen()).isTrue();
        assertThat(failures).isEmpty();
    }

    @Test
    void eachRequestOfAConnectionHasTheWholeLimit() {
        begin();
        end();
        respond(HttpResponseStatus.OK);
        advance(9);
        begin();
        advance(9);
        assertThat(failures).isEmpty();

        advance(1);

        assertThat(failures).hasSize(1);
    }

    @Test
    void connectionWhenItHasManyRequestsThenOneTimerAndNoneWhenIdle() {
        for (int i = 0; i < 10; i++) {
            begin();
            end();
            respond(HttpResponseStatus.OK);
            advance(1);
        }

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    }

    @Test
    void handlerWhenRemovedThenItsTimerIsGone() {
        begin();

        channel.pipeline().remove(RequestDeadline.class);

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    }

    @Test
    void requestWhenOneAheadOfItIsUnansweredThenItHasTheLimitFromItsAnswerOn() {
        begin();
        end();
        begin();
        advance(60);
        assertThat(channel.isOpen()).isTrue();
        respond(HttpResponseStatus.OK);

        advance(9);
        drip();
        assertThat(channel.isOpen()).isTrue();
        advance(11);

        assertThat(failures).hasSize(1);
    }

    @Test
    void answerWhenNotWrittenAtOnceThenThereIsAMoment() {
        begin();
        advance(10);
        assertThat(failures).hasSize(1);
        assertThat(channel.isOpen()).isTrue();

        advance(1);

        assertThat(channel.isOpen()).isFalse();
    }
}
