package io.portcullis.gateway.event;

/** Says that this node cannot write an event now. The event waits as it does when the receiver fails. */
final class UnwritableEventException extends RuntimeException {
    UnwritableEventException(String message) {
        super(message, null, false, false);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
