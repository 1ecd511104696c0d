package io.portcullis.core.event;

/** The result of one attempt to deliver an event. */
public sealed interface DeliveryResult {

    /** The receiver has accepted the event. */
    record Delivered() implements DeliveryResult {}

    /**
     * The receiver works and refuses this event.
     *
     * @param failure the status of the response, without its body
     */
    record Refused(String failure) implements DeliveryResult {}

    /**
     * The receiver could not be reached, did not answer in time, or answered with a failure. Whether it has handled the event is unknown.
     *
     * @param failure the kind of failure, without addresses and without the body of the response
     */
    record Failed(String failure) implements DeliveryResult {}
}
