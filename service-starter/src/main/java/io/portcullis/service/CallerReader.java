package io.portcullis.service;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;

/** Reads the caller from the header fields of a request. */
public sealed interface CallerReader permits TokenCallerReader, HeaderCallerReader {
    /**
     * Returns the caller; null if the request names none.
     *
     * @param headers returns the values of the header fields with a name, empty if there are none
     * @throws BadCredentialsException if the request did not come from the gateway as it is: the response is 401
     * @throws AuthenticationServiceException if that cannot be told at the moment: the response is 503
     */
    @Nullable
    PortcullisAuthentication read(Function<String, List<String>> headers);

    /** Returns whether {@link #read} may block, or computes for long, so that no event loop may call it. */
    boolean isBlocking();

    /**
     * Returns the only value of a header field; null if there is none. The gateway sends each of its fields once.
     *
     * @throws BadCredentialsException if there are several
     */
    static @Nullable String single(String name, Function<String, List<String>> headers) {
        List<String> values = headers.apply(name);
        if (values.size() > 1) {
            throw new BadCredentialsException(name + ": " + values.size() + " header fields (expected: 1)");
        }
        return values.isEmpty() ? null : values.get(0);
    }
}
