package io.portcullis.gateway.forwarded;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Matches the addresses of the proxies whose forwarding headers the gateway trusts. */
public final class TrustedProxies {
    private final @Nullable Predicate<String> pattern;

    /**
     * @param regex a regular expression that must match the whole address of a proxy; null or blank to trust none
     * @throws java.util.regex.PatternSyntaxException if it is no regular expression
     */
    public TrustedProxies(@Nullable String regex) {
        this.pattern =
                regex == null || regex.isBlank() ? null : Pattern.compile(regex).asMatchPredicate();
    }

    /** Whether an address, without a port and without brackets, is a trusted proxy's. */
    public boolean contains(String address) {
        return pattern != null && pattern.test(address);
    }

    /** Whether no proxy is trusted. */
    public boolean isEmpty() {
        return pattern == null;
    }
}
