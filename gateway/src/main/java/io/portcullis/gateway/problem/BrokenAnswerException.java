package io.portcullis.gateway.problem;

/**
 * An answer that cannot be finished. It names no cause: Spring takes a connection that the service reset for one that the client
 * reset, and would end the answer as if it were whole.
 */
final class BrokenAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenAnswerException() {
        super("the answer broke off after it had begun", null, false, false);
    }
}
