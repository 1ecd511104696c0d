package io.portcullis.core.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Makes Security Event Tokens (RFC 8417) with the keys of the signed identity:
 *
 * <pre>
 * iss       the configured issuer
 * aud       the receiver
 * jti       the event's id, the same in each token for the event
 * iat       the time of the signature
 * sub_id    the subject of the event (RFC 9493)
 * events    the event under the URI of its type
 * </pre>
 *
 * <p>No such token passes for an identity: the header {@code typ} is {@code secevent+jwt}, and the token has neither {@code sub} nor
 * {@code exp} (RFC 8417 sections 4.5 to 4.7).
 */
public final class SecurityEventTokens {
    private static final JOSEObjectType TYPE = new JOSEObjectType("secevent+jwt");

    private final IdentityKeys keys;
    private final String issuer;
    private final Clock clock;

    /** Creates an issuer that uses the keys once they have been started. */
    public SecurityEventTokens(IdentityKeys keys, String issuer, Clock clock) {
        this.keys = keys;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** Returns the claim {@code iss} of each token. */
    public String issuer() {
        return issuer;
    }

    /** Starts the reading of the keys in the background. Completes when this node can sign; never fails. */
    public Mono<Void> start() {
        return keys.start();
    }

    /**
     * Emits the signed token in its compact form, on a thread that may block. The signature does not occupy an event loop. Errors:
     * {@code UNAVAILABLE} if this node has no key.
     */
    public Mono<String> sign(SecurityEvent event) {
        return Mono.fromCallable(() -> signNow(event)).subscribeOn(Schedulers.boundedElastic());
    }

    private String signNow(SecurityEvent event) {
        Instant now = clock.instant();
        IdentityKey key = keys.findSigner(now);
        if (key == null) {
            throw PortcullisException.of(ErrorCode.UNAVAILABLE);
        }
        return key.sign(
                TYPE,
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience(event.audience())
                        .jwtID(event.id())
                        .issueTime(Date.from(now.truncatedTo(ChronoUnit.SECONDS)))
                        .claim("sub_id", event.subject())
                        .claim("events", Map.of(event.type(), event.payload()))
                        .build());
    }
}
