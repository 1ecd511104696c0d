package io.portcullis.gateway.authentication;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.portcullis.gateway.accesslog.AccessRecord;
import io.portcullis.gateway.cookie.GatewayCookies;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides on the header fields that a service receives with an admitted request (docs/design.md section 5, step 6): which fields of the
 * client pass and in which form, and which fields the gateway sets. The fast path and the filter chain both use it, each with its own
 * type of headers, so that a rule or a field is written once (ADR 0035).
 */
public final class OutgoingHeaders {
    OutgoingHeaders() {}

    /**
     * Gives each header field that the gateway sets because of the admission to {@code target}, which replaces a field of the same name.
     * The fields that tell where the request comes from are not among them, see {@link ForwardedHeaders}.
     *
     * @param record the request's record for the access log, null if the log is off
     */
    public void write(Admission admission, @Nullable AccessRecord record, BiConsumer<String, String> target) {
        if (record != null) {
            target.accept(AccessRecord.REQUEST_ID, record.requestId());
        }
        if (admission instanceof Admission.Identified identified) {
            IdentityHeaders.forEach(identified.identity(), target);
            if (identified.identityToken() != null) {
                target.accept(IdentityHeaders.IDENTITY_TOKEN, identified.identityToken());
            }
        }
    }

    /** Returns whether only the gateway sets this header field, in any spelling of the name. */
    public static boolean isReserved(CharSequence name) {
        return IdentityHeaders.isReservedHeader(name) || ForwardedHeaders.isReserved(name);
    }

    /**
     * Returns whether a value of {@code Authorization} passes.
     *
     * @param token the bearer token in the value, null if it has none
     */
    public static boolean passesAuthorization(@Nullable String token, RemovedTokens removed) {
        return token == null || !removed.includes(token);
    }

    /**
     * Returns the value with which a header field of the client passes, without the gateway's tokens and cookies; null if nothing of it is
     * left. Does not decide on {@code Authorization} and on reserved fields.
     */
    public static @Nullable CharSequence passed(CharSequence name, CharSequence value, RemovedTokens removed) {
        if (AsciiString.contentEqualsIgnoreCase(HttpHeaderNames.REFERER, name)) {
            return Referer.without(removed, value.toString());
        }
        return AsciiString.contentEqualsIgnoreCase(HttpHeaderNames.COOKIE, name)
                ? GatewayCookies.without(value.toString())
                : value;
    }
}
