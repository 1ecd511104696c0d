package io.portcullis.gateway.stream;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;
import static io.portcullis.gateway.startup.PropertyRules.requireAtLeastOne;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits on the streams and calls that one caller may have open at the same time ({@code portcullis.stream.*}, ADR 0019). A
 * caller is a session, or the client's address (IPv6: its /64) for anonymous requests. Regardless of the limits on calls, a
 * caller never has more than half of the connections of an event loop, see {@link io.portcullis.gateway.upstream.ConnectionBudget#perLoop}.
 *
 * @param maxPerSession the number of streams that a session may have open
 * @param maxPerAddress the number of streams that the anonymous clients of one address may have open
 * @param maxPerService the number of streams that may be open to one service
 * @param maxCallsPerSession the number of calls that a session may have in flight to one service, without streams
 * @param maxCallsPerAddress the number of calls that the anonymous clients of one address may have in flight to one service
 * @param maxGatewayCallsPerAddress the number of calls that the anonymous clients of one address may have in flight to the gateway's own
 *     endpoints
 * @param maxUnchecked the time after which the streams of a session are closed while its end may have been missed, because neither Redis
 *     nor MySQL answers, or because MySQL does not and the subscription to Redis was interrupted
 */
@ConfigurationProperties("portcullis.stream")
record StreamProperties(
        @DefaultValue("100") int maxPerSession,
        @DefaultValue("500") int maxPerAddress,
        @DefaultValue("1000") int maxPerService,
        @DefaultValue("200") int maxCallsPerSession,
        @DefaultValue("500") int maxCallsPerAddress,
        @DefaultValue("500") int maxGatewayCallsPerAddress,
        @DefaultValue("30s") Duration maxUnchecked) {
    StreamProperties {
        requireAtLeastOne("portcullis.stream.max-per-session", maxPerSession, 100);
        requireAtLeastOne("portcullis.stream.max-per-address", maxPerAddress, 500);
        requireAtLeastOne("portcullis.stream.max-per-service", maxPerService, 1_000);
        requireAtLeastOne("portcullis.stream.max-calls-per-session", maxCallsPerSession, 200);
        requireAtLeastOne("portcullis.stream.max-calls-per-address", maxCallsPerAddress, 500);
        requireAtLeastOne("portcullis.stream.max-gateway-calls-per-address", maxGatewayCallsPerAddress, 500);
        atLeastOneSecond("portcullis.stream.max-unchecked", maxUnchecked, "30s");
    }
}
