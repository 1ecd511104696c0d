package io.portcullis.core.mother;

import io.portcullis.core.token.store.Identity;
import java.util.Set;

/** Makes identities of callers. */
public final class Identities {
    /** A caller with a tenant and two roles. */
    public static final Identity ALICE = new Identity("1", "alice", "member", "t1", Set.of("admin", "user"), "s1");

    private Identities() {}
}
