package io.portcullis.gateway.endpoint;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.ticket.TicketService;
import io.portcullis.core.token.TicketPath;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.Envelope;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;

/**
 * Issues tickets, for clients that cannot send a header with a WebSocket handshake or the request of an {@code EventSource}
 * (docs/design.md section 12).
 */
@RestController
@RequestMapping(path = "/system/auth/ticket", produces = MediaType.APPLICATION_JSON_VALUE)
final class TicketEndpoint {
    private final TicketService tickets;
    private final List<HttpMessageReader<?>> readers;

    TicketEndpoint(TicketService tickets, ServerCodecConfigurer codecs) {
        this.tickets = tickets;
        this.readers = List.copyOf(codecs.getReaders());
    }

    /**
     * Answers with a ticket of the caller's session for the path in the body, or for each path if there is no body. Errors as
     * {@link TicketService#issue}.
     */
    @PostMapping
    Mono<Envelope<TicketBody>> issue(ServerWebExchange exchange, Identity identity) {
        return path(exchange).defaultIfEmpty(TicketPath.ANY).flatMap(path -> issue(path, identity));
    }

    /**
     * Emits the path in a JSON body; empty without one. Without a body, {@code Content-Type} does not matter. A body of another type
     * is refused with {@code UNSUPPORTED_MEDIA_TYPE}, because it may name a path to which the ticket would not be bound.
     */
    private Mono<TicketPath> path(ServerWebExchange exchange) {
        ServerRequest request = ServerRequest.create(exchange, readers);
        if (isJson(request.headers())) {
            return request.bodyToMono(TicketRequestBody.class).map(TicketRequestBody::toPath);
        }
        return exchange.getRequest()
                .getBody()
                .map(TicketEndpoint::release)
                .any(bytes -> bytes > 0)
                .filter(hasBody -> hasBody)
                .flatMap(hasBody -> Mono.error(PortcullisException.of(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type (expected: application/json)")));
    }

    private static boolean isJson(ServerRequest.Headers headers) {
        try {
            return headers.contentType()
                    .filter(MediaType.APPLICATION_JSON::isCompatibleWith)
                    .isPresent();
        } catch (InvalidMediaTypeException | UnsupportedMediaTypeStatusException e) {
            return false;
        }
    }

    private Mono<Envelope<TicketBody>> issue(TicketPath path, Identity identity) {
        return tickets.issue(identity.sessionId(), path).map(TicketBody::of).map(Envelope::of);
    }

    private static int release(DataBuffer part) {
        int bytes = part.readableByteCount();
        DataBufferUtils.release(part);
        return bytes;
    }
}
