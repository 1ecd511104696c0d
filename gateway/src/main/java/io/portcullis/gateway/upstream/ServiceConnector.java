package io.portcullis.gateway.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.portcullis.gateway.connection.WriteDeadline;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.NameResolverProvider;
import reactor.netty.transport.ProxyProvider;

/**
 * Makes connections to services. Timeouts, TLS, proxy, socket options and decoder limits are those of the HTTP client that Spring Cloud
 * Gateway configures by its properties.
 */
final class ServiceConnector {
    private final LoopResources loops;
    private final Map<ChannelOption<?>, ?> options;
    private final HttpDecoderConfig decoder;
    private final SslProvider tls;
    private final @Nullable ProxyProvider proxy;
    private final AddressResolverGroup<?> resolver;
    private final Duration writeTimeout;

    ServiceConnector(HttpClient client, LoopResources loops, Duration writeTimeout) {
        HttpClientConfig config = client.configuration();
        SslProvider configured = config.sslProvider();
        this.loops = loops;
        this.options = config.options();
        this.decoder = UpstreamCodec.config(config.decoder());
        this.tls = configured != null
                ? configured
                : Objects.requireNonNull(client.secure().configuration().sslProvider());
        this.proxy = config.proxyProvider();
        this.resolver = resolver(config, loops);
        this.writeTimeout = writeTimeout;
    }

    private static AddressResolverGroup<?> resolver(HttpClientConfig config, LoopResources loops) {
        AddressResolverGroup<?> configured = config.resolver();
        return configured != null
                ? configured
                : NameResolverProvider.builder().build().newNameResolverGroup(loops, LoopResources.DEFAULT_NATIVE);
    }

    /** Connects for an acquisition that has a permit. */
    void connect(Acquisition acquisition) {
        ServicePool pool = acquisition.pool();
        ServiceAddress address = pool.address();
        InetSocketAddress target = InetSocketAddress.createUnresolved(address.host(), address.port());
        ChannelFuture connecting = bootstrap(acquisition, proxyFor(target)).connect(target);
        var unused = connecting.addListener(done -> {
            if (!done.isSuccess()) {
                // A channel that could not be created has no event loop, and tells it on another thread.
                inLoop(pool, () -> fail(acquisition, done.cause()));
                return;
            }
            Channel channel = connecting.channel();
            SslHandler handshake = channel.pipeline().get(SslHandler.class);
            if (handshake == null) {
                acquisition.succeed(connectionOf(channel));
            } else {
                var unusedToo =
                        handshake.handshakeFuture().addListener(hands -> onHandshake(channel, acquisition, hands));
            }
        });
    }

    private static void inLoop(ServicePool pool, Runnable task) {
        if (pool.loop().inEventLoop()) {
            task.run();
        } else {
            pool.loop().execute(task);
        }
    }

    private static ServiceConnection connectionOf(Channel channel) {
        return channel.pipeline().get(ServiceConnection.class);
    }

    private static void onHandshake(Channel channel, Acquisition acquisition, Future<?> handshake) {
        if (handshake.isSuccess()) {
            acquisition.succeed(connectionOf(channel));
        } else {
            acquisition.fail(handshake.cause());
            connectionOf(channel).close();
        }
    }

    private static void fail(Acquisition acquisition, Throwable cause) {
        acquisition.fail(cause);
        acquisition.pool().giveBackPermit();
    }

    /** Returns the proxy through which the target is reached, null for a direct connection. */
    private @Nullable ProxyProvider proxyFor(SocketAddress target) {
        return proxy != null && proxy.shouldProxy(target) ? proxy : null;
    }

    @SuppressWarnings("unchecked")
    private Bootstrap bootstrap(Acquisition acquisition, @Nullable ProxyProvider through) {
        ServicePool pool = acquisition.pool();
        var bootstrap = new Bootstrap()
                .group(pool.loop())
                .channelFactory(() -> loops.onChannel(SocketChannel.class, pool.loop()))
                .resolver((AddressResolverGroup<SocketAddress>) resolver)
                .handler(new Pipeline(pool, through));
        options.forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
        if (through != null) {
            bootstrap.disableResolver();
        }
        return bootstrap
                .option(ChannelOption.AUTO_READ, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, acquisition.connectTimeoutMillis());
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        private final ServicePool pool;
        private final @Nullable ProxyProvider through;

        Pipeline(ServicePool pool, @Nullable ProxyProvider through) {
            this.pool = pool;
            this.through = through;
        }

        @Override
        protected void initChannel(Channel channel) {
            var responses = ResponseDecoder.ofAllResponses(decoder);
            ServiceAddress address = pool.address();
            if (address.tls()) {
                channel.pipeline().addLast(tlsHandler(channel, address));
            }
            channel.pipeline()
                    .addLast(
                            responses, new ExchangeEncoder(responses), new ServiceConnection(pool, responses, channel));
            WriteDeadline.addTo(channel, writeTimeout);
            if (through != null) {
                channel.pipeline().addFirst(through.newProxyHandler());
            }
        }

        private SslHandler tlsHandler(Channel channel, ServiceAddress address) {
            SslHandler handler = tls.getSslContext().newHandler(channel.alloc(), address.host(), address.port());
            if (tls.getServerNames() != null && !tls.getServerNames().isEmpty()) {
                SSLParameters parameters = handler.engine().getSSLParameters();
                parameters.setServerNames(tls.getServerNames());
                handler.engine().setSSLParameters(parameters);
            }
            tls.configure(handler);
            return handler;
        }
    }
}
