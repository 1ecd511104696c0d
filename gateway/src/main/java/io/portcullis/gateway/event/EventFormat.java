package io.portcullis.gateway.event;

import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.SessionEvent;
import reactor.core.publisher.Mono;

/** Writes events for the receiver, and reads the receiver's refusals. */
interface EventFormat {

    /** Emits the event for one attempt to deliver it. Errors: {@link UnwritableEventException} if this node cannot write it now. */
    Mono<EventMessage> write(SessionEvent event);

    /**
     * Returns the result of an attempt that the receiver answered without success.
     *
     * @param status the status of the response
     * @param body the body of the response, empty if there is none
     */
    DeliveryResult failure(int status, byte[] body);
}
