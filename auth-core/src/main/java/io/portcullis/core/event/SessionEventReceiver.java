package io.portcullis.core.event;

import reactor.core.publisher.Mono;

/** Port: the receiver of the events outside. */
public interface SessionEventReceiver {

    /** Attempts once to deliver the event, within a bounded time. Emits the result; never fails. */
    Mono<DeliveryResult> deliver(SessionEvent event);
}
