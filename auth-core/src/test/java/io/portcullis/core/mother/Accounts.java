package io.portcullis.core.mother;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountStatus;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/** Makes accounts. */
public final class Accounts {
    /** The password hash of every account made here. */
    public static final String PASSWORD_HASH = "{noop}x";

    private static final Instant CREATED_AT = Instant.parse("2026-11-23T10:15:30.123Z");

    private Accounts() {}

    /** Returns an enabled account with a random id and the roles {@code admin} and {@code user}. */
    public static Account anAccount(String username) {
        return anAccount(username, "admin", "user");
    }

    /** Returns an enabled account with a random id and these roles. */
    public static Account anAccount(String username, String... roles) {
        return new Account(
                UUID.randomUUID().toString(),
                username,
                PASSWORD_HASH,
                AccountStatus.ENABLED,
                Set.of(roles),
                "member",
                CREATED_AT);
    }
}
