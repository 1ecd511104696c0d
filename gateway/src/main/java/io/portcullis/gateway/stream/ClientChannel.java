package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.channel.ChannelOperations;

/** Finds the connection to the client of a response. */
public final class ClientChannel {
    private ClientChannel() {}

    /** Returns the channel, null if the response is not one of reactor-netty. */
    static @Nullable Channel of(ServerHttpResponse response) {
        Object connection = ServerHttpResponseDecorator.getNativeResponse(response);
        return connection instanceof ChannelOperations<?, ?> operations ? operations.channel() : null;
    }

    /** Returns the channel of a response that the server of the gateway sends. */
    public static Channel required(ServerHttpResponse response) {
        return Objects.requireNonNull(of(response), "a response of reactor-netty");
    }
}
