package io.portcullis.gateway.problem;

import java.util.List;

/** Signals that an authenticated caller lacks a role: {@code insufficient_scope} of RFC 6750 section 3.1. */
public final class MissingRoleException extends RuntimeException {
    private final transient List<String> roles;

    /** @param roles the roles of which the caller needs one */
    public MissingRoleException(List<String> roles) {
        super("role missing (expected: one of " + roles + ")", null, false, false);
        this.roles = List.copyOf(roles);
    }

    List<String> roles() {
        return roles;
    }
}
