package io.portcullis.gateway.event;

/** Selects how events are written for the receiver: {@code portcullis.events.webhook.format}. */
public enum WebhookFormat {
    /** JSON, signed with a secret that the gateway shares with the receiver. */
    JSON,
    /** A Security Event Token (RFC 8417) with an event of CAEP, signed with a key of the gateway. */
    SECURITY_EVENT_TOKEN
}
