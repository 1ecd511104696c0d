package io.portcullis.gateway.forwarded;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Matches the addresses of the proxies whose forwarding headers the gateway trusts. Remembers a bounded number of decisions, because the
 * regular expression costs more than the rest of finding the client's address, and requests come through few proxies.
 */
public final class TrustedProxies {
    /** A power of two. */
    private static final int REMEMBERED = 1024;

    /** That of an address. Longer text comes from a client. */
    private static final int MAX_REMEMBERED_LENGTH = 64;

    private final @Nullable Predicate<String> pattern;
    /** The last decision for each remainder of the address's hash. Threads may overwrite each other's, which are immutable. */
    private final @Nullable Decision[] decisions = new Decision[REMEMBERED];

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
        return pattern != null && decide(pattern, address);
    }

    private boolean decide(Predicate<String> proxies, String address) {
        int hash = address.hashCode();
        int index = (hash ^ (hash >>> 16)) & (REMEMBERED - 1);
        Decision last = decisions[index];
        if (last != null && last.address().equals(address)) {
            return last.trusted();
        }
        boolean trusted = proxies.test(address);
        if (address.length() <= MAX_REMEMBERED_LENGTH) {
            decisions[index] = new Decision(address, trusted);
        }
        return trusted;
    }

    /** Whether no proxy is trusted. */
    public boolean isEmpty() {
        return pattern == null;
    }

    private record Decision(String address, boolean trusted) {}
}
