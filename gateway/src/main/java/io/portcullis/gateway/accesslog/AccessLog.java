package io.portcullis.gateway.accesslog;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.portcullis.gateway.connection.RequestRefuser;
import io.portcullis.gateway.forwarded.ClientAddresses;
import io.portcullis.gateway.forwarded.TrustedProxies;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Creates the records of requests, and writes their lines. */
final class AccessLog {
    /** The name of the logger. */
    static final String LOGGER = "portcullis.access";

    private static final String FORWARDED_FOR = "X-Forwarded-For";

    private final @Nullable Logger logger;
    private final Clock clock;
    private final TrustedProxies trusted;
    private final ClientAddresses addresses;

    /** @param logger must not block; null if only the ids of requests are needed */
    AccessLog(@Nullable Logger logger, Clock clock, TrustedProxies trusted) {
        this.logger = logger;
        this.clock = clock;
        this.trusted = trusted;
        this.addresses = new ClientAddresses(trusted);
    }

    /** Creates the record of a request, and removes {@link AccessRecord#REQUEST_ID} from its headers. */
    AccessRecord begin(Channel channel, HttpRequest request) {
        HttpHeaders headers = request.headers();
        InetSocketAddress peer = channel.remoteAddress() instanceof InetSocketAddress address ? address : null;
        String id = RequestIds.take(headers, isTrusted(peer));
        var received = new AccessRecord.Received(
                clock.instant(),
                id,
                addresses.find(peer, headers.getAll(FORWARDED_FOR)),
                RequestRefuser.methodOf(request),
                RequestRefuser.pathOf(request),
                channel instanceof Http2StreamChannel
                        ? "HTTP/2"
                        : request.protocolVersion().text());
        AccessRecord record = new AccessRecord(received, System.nanoTime());
        record.attachTo(channel);
        return record;
    }

    private boolean isTrusted(@Nullable InetSocketAddress peer) {
        return !trusted.isEmpty() && trusted.contains(addresses.find(peer, List.of()));
    }

    /** Writes the line of a request that has ended now. */
    void write(AccessRecord record, int status, long bytes, AccessLine.End end) {
        if (logger != null) {
            logger.info(AccessLine.of(record, status, bytes, System.nanoTime() - record.startedNanos(), end));
        }
    }
}
