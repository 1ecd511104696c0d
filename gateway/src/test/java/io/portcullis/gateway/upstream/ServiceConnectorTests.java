package io.portcullis.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

class ServiceConnectorTests {
    @Test
    void connectWhenNoSocketCanBeCreatedThenFailsOnTheEventLoop() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            LoopResources loops = new LoopResources() {
                @Override
                public EventLoopGroup onServer(boolean useNative) {
                    return group;
                }

                @Override
                public <T extends Channel> T onChannel(Class<T> type, EventLoopGroup any) {
                    throw new ChannelException("Too many open files");
                }
            };
            var connector = new ServiceConnector(HttpClient.create(), loops, Duration.ofSeconds(5));
            var connections = new ServiceConnections(
                    new PoolSettings(8, true, false, Duration.ofSeconds(1), Long.MAX_VALUE, Long.MAX_VALUE, 0),
                    connector);
            EventLoop loop = group.next();
            var onLoop = new CompletableFuture<Boolean>();
            loop.execute(() -> {
                var unused = connections.acquire(
                        loop, new ServiceAddress(false, "127.0.0.1", 1), 1_000, false, new ExchangeListener() {
                            @Override
                            public void connected(ServiceConnection connection) {
                                onLoop.completeExceptionally(new AssertionError());
                            }

                            @Override
                            public void failed(Throwable failure) {
                                onLoop.complete(loop.inEventLoop());
                            }

                            @Override
                            public void head(HttpResponse head) {}

                            @Override
                            public void content(HttpContent part) {}

                            @Override
                            public void readComplete() {}

                            @Override
                            public void writabilityChanged(boolean writable) {}
                        });
            });
            assertThat(onLoop.get(5, TimeUnit.SECONDS)).isTrue();
        } finally {
            var unused = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }
}
