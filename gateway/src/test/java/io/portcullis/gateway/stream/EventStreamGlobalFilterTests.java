package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class EventStreamGlobalFilterTests {
    private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
    private final ByteBuf first = event();
    private final ByteBuf second = event();

    private static ByteBuf event() {
        return UnpooledByteBufAllocator.DEFAULT.buffer().writeBytes(new byte[] {'\n'});
    }

    /** Writes two events through the filter to a response that is committed when {@code commit} completes. */
    private Mono<Void> write(Supplier<Mono<Void>> commit, Flux<ByteBuf> events) {
        var response = new Response(buffers);
        response.beforeCommit(commit);
        var request = MockServerWebExchange.from(MockServerHttpRequest.get("/events"));
        ServerWebExchange exchange = new ServerWebExchangeDecorator(request) {
            @Override
            public Response getResponse() {
                return response;
            }
        };
        return new EventStreamGlobalFilter(new OpenStreams())
                .filter(
                        exchange,
                        filtered -> filtered.getResponse()
                                .writeAndFlushWith(events.map(event -> Flux.just((DataBuffer) buffers.wrap(event)))));
    }

    @Test
    void filterWhenTheClientLeavesBeforeTheHeadIsSentThenTheEventsAreReleased() {
        Sinks.Many<ByteBuf> service = Sinks.many().unicast().onBackpressureBuffer();
        Disposable client = write(Mono::never, service.asFlux()).subscribe();
        service.emitNext(first, Sinks.EmitFailureHandler.FAIL_FAST);
        assertThat(first.refCnt()).isEqualTo(1);

        client.dispose();

        assertThat(first.refCnt()).isZero();
    }

    @Test
    void filterWhenTheResponseCannotBeCommittedThenTheEventsAreReleased() {
        write(() -> Mono.error(new IllegalStateException("commit")), Flux.just(first))
                .onErrorComplete()
                .block();

        assertThat(first.refCnt()).isZero();
    }

    @Test
    void filterWhenTheEventsAreWrittenThenTheyAreTheWriters() {
        write(Mono::empty, Flux.just(first, second)).block();

        assertThat(first.refCnt()).isEqualTo(1);
        assertThat(second.refCnt()).isEqualTo(1);
    }

    /** A response that takes all buffers and releases none. */
    private static final class Response extends AbstractServerHttpResponse {
        Response(NettyDataBufferFactory buffers) {
            super(buffers);
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T> T getNativeResponse() {
            return (T) this;
        }

        @Override
        protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
            return Flux.from(body).then();
        }

        @Override
        protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return Flux.from(body).concatMap(part -> part).then();
        }

        @Override
        protected void applyStatusCode() {}

        @Override
        protected void applyHeaders() {}

        @Override
        protected void applyCookies() {}
    }
}
