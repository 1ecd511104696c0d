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
    void connect(ServicePool pool, ServiceAddress address, Acquisition acquisition) {
        InetSocketAddress target = InetSocketAddress.createUnresolved(address.host(), address.port());
        ChannelFuture connecting = bootstrap(pool, address, target, acquisition.connectTimeoutMillis())
                .connect(target);
        var unused = connecting.addListener(done -> {
            if (!done.isSuccess()) {
                // A channel that could not be created has no event loop, and tells it on another thread.
                inLoop(pool, () -> fail(pool, acquisition, done.cause()));
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

    private static void fail(ServicePool pool, Acquisition acquisition, Throwable cause) {
        acquisition.fail(cause);
        pool.giveBackPermit();
    }

    @SuppressWarnings("unchecked")
    private Bootstrap bootstrap(
            ServicePool pool, ServiceAddress address, InetSocketAddress target, int connectTimeoutMillis) {
        var bootstrap = new Bootstrap()
                .group(pool.loop())
                .channelFactory(() -> loops.onChannel(SocketChannel.class, pool.loop()))
                .resolver((AddressResolverGroup<SocketAddress>) resolver)
                .handler(new Pipeline(pool, address, target));
        options.forEach((option, value) -> bootstrap.option((ChannelOption<Object>) option, value));
        if (proxy != null && proxy.shouldProxy(target)) {
            bootstrap.disableResolver();
        }
        return bootstrap
                .option(ChannelOption.AUTO_READ, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMillis);
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        private final ServicePool pool;
        private final ServiceAddress address;
        private final SocketAddress target;

        Pipeline(ServicePool pool, ServiceAddress address, SocketAddress target) {
            this.pool = pool;
            this.address = address;
            this.target = target;
        }

        @Override
        protected void initChannel(Channel channel) {
            var responses = new ResponseDecoder(decoder, ctx -> {});
            if (address.tls()) {
                channel.pipeline().addLast(tlsHandler(channel));
            }
            channel.pipeline()
                    .addLast(
                            responses, new ExchangeEncoder(responses), new ServiceConnection(pool, responses, channel));
            WriteDeadline.addTo(channel, writeTimeout);
            if (proxy != null && proxy.shouldProxy(target)) {
                channel.pipeline().addFirst(proxy.newProxyHandler());
            }
        }

        private SslHandler tlsHandler(Channel channel) {
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
