package io.portcullis.gateway.event;

import static io.portcullis.gateway.startup.PropertyRules.atLeastOneSecond;
import static io.portcullis.gateway.startup.PropertyRules.longer;
import static io.portcullis.gateway.startup.PropertyRules.positive;
import static io.portcullis.gateway.startup.PropertyRules.requireAtLeastOne;

import io.portcullis.core.event.DeliverySettings;
import io.portcullis.gateway.startup.PropertyRules;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The receiver of session events.
 *
 * @param url https or http URL to which the events are sent; without it no event is written or sent
 * @param format how an event is written: json, or security-event-token for a signed token (RFC 8417) with an event of CAEP
 * @param audience claim aud of each security event token, as agreed with the receiver; required with that format
 * @param authorization value of the header field Authorization of each request, such as Bearer and a token
 * @param secret secret of at least 32 characters that signs the events in the format json; required with it
 * @param previousSecret former secret that signs the events as well, while the receiver changes to the new one
 * @param timeout time limit for one attempt, from the connection to the end of the response
 * @param connectTimeout time limit for a new connection
 * @param concurrency number of events that are sent at the same time, each of another session
 * @param pollInterval pause after which a node looks for new events
 * @param maxBackoff longest pause between two attempts to send one event
 * @param giveUpAfter age at which an event that cannot be sent becomes a dead letter
 * @param maxRefusals number of responses with status 400, 409, 413 or 422 after which an event becomes a dead letter
 * @param deadLetterRetention time for which a dead letter is kept, counted from its event
 */
@ConfigurationProperties("portcullis.events.webhook")
public record WebhookProperties(
        @Nullable String url,
        @DefaultValue("json") WebhookFormat format,
        @Nullable String audience,
        @Nullable String authorization,
        @Nullable String secret,
        @Nullable String previousSecret,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("16") int concurrency,
        @DefaultValue("500ms") Duration pollInterval,
        @DefaultValue("10m") Duration maxBackoff,
        @DefaultValue("3d") Duration giveUpAfter,
        @DefaultValue("10") int maxRefusals,
        @DefaultValue("30d") Duration deadLetterRetention) {
    private static final String PREFIX = "portcullis.events.webhook.";
    private static final int MIN_SECRET = 32;
    private static final int MAX_AUTHORIZATION = 4_096;
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "(?=.{1," + MAX_AUTHORIZATION + "}$)[A-Za-z0-9!#$%&'*+.^_`|~-]+ [\\x21-\\x7e][\\x20-\\x7e]*");
    private static final int MAX_CONCURRENCY = 256;
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(5);
    private static final int ATTEMPTS_IN_A_LEASE = 4;

    public WebhookProperties {
        url = blankToNull(url);
        audience = blankToNull(audience);
        authorization = blankToNull(authorization);
        secret = blankToNull(secret);
        previousSecret = blankToNull(previousSecret);
        if (url != null) {
            requireUrl(url);
            requireAuthorization(authorization);
            if (format == WebhookFormat.SECURITY_EVENT_TOKEN) {
                requireAudience(audience);
            }
            if (format == WebhookFormat.JSON || secret != null) {
                requireSecret("secret", secret);
            }
            if (previousSecret != null) {
                requireSecret("previous-secret", previousSecret);
            }
        }
        positive(PREFIX + "connect-timeout", connectTimeout);
        positive(PREFIX + "timeout", timeout);
        positive(PREFIX + "poll-interval", pollInterval);
        if (timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(PREFIX + "timeout: " + timeout + " (expected: 1m or less, such as 5s)");
        }
        atLeastOneSecond(PREFIX + "max-backoff", maxBackoff, "10m");
        longer(PREFIX + "give-up-after", giveUpAfter, "max-backoff", maxBackoff);
        longer(PREFIX + "dead-letter-retention", deadLetterRetention, "give-up-after", giveUpAfter);
        requireAtLeastOne(PREFIX + "max-refusals", maxRefusals, 10);
        if (concurrency < 1 || concurrency > MAX_CONCURRENCY) {
            throw new IllegalArgumentException(
                    PREFIX + "concurrency: " + concurrency + " (expected: 1 to " + MAX_CONCURRENCY + ", such as 16)");
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** The message does not have the value, which may contain a secret. */
    private static void requireUrl(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme());
            boolean http = scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null) {
                return;
            }
        } catch (URISyntaxException e) {
            // Answered below.
        }
        throw new IllegalArgumentException(
                PREFIX + "url is not valid (expected: an absolute https or http URL without user name,"
                        + " password and fragment, such as https://events.example.com/portcullis)");
    }

    private static void requireAudience(@Nullable String value) {
        if (value == null || !PropertyRules.isStringOrUri(value)) {
            throw new IllegalArgumentException(PREFIX + "audience: " + (value == null ? "missing" : value)
                    + " (expected with format: security-event-token: the name by which the receiver knows itself, a text"
                    + " without spaces or a URI, of 1 to 255 characters, such as https://events.example.com)");
        }
    }

    /** The message does not have the value, which is a secret. */
    private static void requireAuthorization(@Nullable String value) {
        if (value != null && !AUTHORIZATION.matcher(value).matches()) {
            throw new IllegalArgumentException(PREFIX + "authorization is not valid (expected: a scheme, a space and"
                    + " credentials in visible ASCII characters, up to " + MAX_AUTHORIZATION
                    + ", such as Bearer and a token)");
        }
    }

    /** The message does not have the value, because a value that is too short may still be a secret. */
    private static void requireSecret(String name, @Nullable String value) {
        int length = value == null ? 0 : value.length();
        if (length < MIN_SECRET) {
            throw new IllegalArgumentException(PREFIX + name + " has " + length + " characters (expected: " + MIN_SECRET
                    + " or more; create one with: openssl rand -base64 32)");
        }
    }

    /** Returns the URL. Call it only if the URL is set. */
    URI target() {
        return URI.create(Objects.requireNonNull(url, "url"));
    }

    /** Returns the secrets that sign, the current one first. */
    List<String> secrets() {
        return Stream.of(secret, previousSecret).filter(Objects::nonNull).toList();
    }

    /** Returns the settings of the delivery. The lease is several times as long as one attempt. */
    public DeliverySettings delivery() {
        return new DeliverySettings(
                concurrency,
                pollInterval,
                maxBackoff,
                giveUpAfter,
                maxRefusals,
                timeout.multipliedBy(ATTEMPTS_IN_A_LEASE).plus(LEASE_MARGIN));
    }

    /** Leaves out the secrets and the URL, whose query may contain one. */
    @Override
    public String toString() {
        return "WebhookProperties[" + (url == null ? "off" : "on") + "]";
    }
}
