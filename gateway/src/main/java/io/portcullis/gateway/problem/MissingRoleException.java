package io.portcullis.gateway.problem;

import java.util.List;

/** A known caller who lacks a role: {@code insufficient_scope}, RFC 6750 section 3.1. */
public final class MissingRoleException extends RuntimeException {
    private final transient List<String> roles;

    /** @param roles the roles of which one would have been enough */
    public MissingRoleException(List<String> roles) {
        super("needs one of the roles " + roles, null, false, false);
        this.roles = List.copyOf(roles);
    }

    List<String> roles() {
        return roles;
    }
}
