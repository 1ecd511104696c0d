package io.portcullis.gateway.endpoint;

import io.portcullis.core.token.Token;

/** Represents a new ticket. {@code expiresTime} is in epoch milliseconds. The text form hides the ticket. */
record TicketBody(String ticket, long expiresTime) {
    static TicketBody of(Token ticket) {
        return new TicketBody(ticket.value(), ticket.expiresAt().toEpochMilli());
    }

    @Override
    public String toString() {
        return "TicketBody[expiresTime=" + expiresTime + "]";
    }
}
