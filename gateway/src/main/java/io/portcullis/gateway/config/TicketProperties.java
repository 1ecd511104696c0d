package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;
import static io.portcullis.gateway.startup.PropertyRules.requireAtLeastOne;

import io.portcullis.core.ticket.TicketSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Tickets, the one-time stand-ins for access tokens in URLs (docs/design.md section 12).
 *
 * @param ttl the time for which a ticket is good
 * @param maxPerSession the number of unused tickets that a session may have; more are refused with 429
 */
@ConfigurationProperties("portcullis.ticket")
record TicketProperties(
        @DefaultValue("30s") Duration ttl,
        @DefaultValue("20") int maxPerSession) {
    /** A ticket is in URLs, which others may log. Long before this time a client has opened its connection. */
    private static final Duration MAX_TTL = Duration.ofMinutes(5);

    TicketProperties {
        atLeastOneSecond("portcullis.ticket.ttl", ttl, "30s");
        if (ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("portcullis.ticket.ttl: " + ttl + " (expected: 1s to 5m)");
        }
        requireAtLeastOne("portcullis.ticket.max-per-session", maxPerSession, 20);
    }

    TicketSettings settings() {
        return new TicketSettings(ttl, maxPerSession);
    }
}
