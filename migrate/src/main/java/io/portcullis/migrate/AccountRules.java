package io.portcullis.migrate;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantIds;
import io.portcullis.core.error.PortcullisException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides what an account of the source becomes in the gateway, or why it cannot be imported. */
final class AccountRules {
    /** The role of the gateway's administrators. */
    private static final String ADMIN = "admin";

    private static final Pattern BCRYPT = Pattern.compile("(?:\\{bcrypt})?(\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53})");
    /** Formats that the gateway compares beside bcrypt (docs/operations.md). */
    private static final Pattern OTHER = Pattern.compile(
            "\\{(?:argon2|scrypt|pbkdf2)[^}]*}.+|\\$argon2(?:id|i|d)\\$.+|\\$scrypt\\$.+|\\$?pbkdf2[_-]sha256\\$.+|argon2\\$argon2.+");

    private static final int MAX_HASH = 255;
    private static final int MAX_ID = 64;

    private final Map<String, String> doubled;
    private final @Nullable String administratorRole;

    /**
     * @param doubled the usernames that several accounts have, each with the ids
     * @param administratorRole as {@link MigrationSettings#administratorRole}
     */
    AccountRules(Map<String, String> doubled, @Nullable String administratorRole) {
        this.doubled = doubled;
        this.administratorRole = administratorRole;
    }

    /** Returns why the account cannot be imported; null if it can. */
    @Nullable
    String obstacle(SourceAccount account) {
        String others = doubled.get(account.username());
        if (others != null) {
            return "the users " + others
                    + " have the same name (expected: each name once; rename them, or leave the accounts"
                    + " where they are and set portcullis.account.query)";
        }
        String hash = storedHash(account.passwordHash());
        if (hash == null) {
            return "the password hash is missing or of another kind (expected: bcrypt such as $2a$10$..., or a format of"
                    + " docs/operations.md)";
        }
        return userObstacle(account);
    }

    /** Returns why nobody can be logged in as this user; null if somebody can. Ignores the password. */
    @Nullable
    String userObstacle(SourceAccount account) {
        if (account.id().isEmpty()
                || account.id().length() > MAX_ID
                || account.id().startsWith("client:")) {
            return "the id has " + account.id().length() + " characters (expected: 1 to " + MAX_ID
                    + ", not client:...)";
        }
        if (account.tenantId() != null && !TenantIds.isValid(account.tenantId())) {
            return "the tenant id is malformed (expected: 1 to 64 characters, no white space at an end)";
        }
        try {
            NewAccount.requireUsername(account.username());
            NewAccount.requireRoles(roles(account));
            NewAccount.requireRoles(Set.of(account.userType()));
        } catch (PortcullisException e) {
            return String.valueOf(e.getMessage());
        }
        return null;
    }

    /** Returns the hash in the form that the gateway stores; null if the gateway cannot compare a password with it. */
    static @Nullable String storedHash(@Nullable String hash) {
        if (hash == null || hash.length() > MAX_HASH || !hash.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return null;
        }
        Matcher bcrypt = BCRYPT.matcher(hash);
        if (bcrypt.matches()) {
            return Integer.parseInt(bcrypt.group(2)) <= PasswordHasher.MAX_BCRYPT_COST
                    ? "{bcrypt}" + bcrypt.group(1)
                    : null;
        }
        return OTHER.matcher(hash).matches() ? hash : null;
    }

    /**
     * Returns the roles of the account in the gateway. Only the role that the operator has named makes an administrator: somebody
     * who may create roles in the source, such as a tenant's administrator of yudao, could otherwise have created one named admin.
     */
    Set<String> roles(SourceAccount account) {
        Set<String> roles = new HashSet<>(account.roles());
        roles.remove(ADMIN);
        if (administratorRole != null && account.roles().contains(administratorRole)) {
            roles.add(ADMIN);
        }
        return new TreeSet<>(roles);
    }

    /** Returns whether a role of the source named admin was left out. */
    boolean leavesOutAdmin(SourceAccount account) {
        return account.roles().contains(ADMIN) && !roles(account).contains(ADMIN);
    }
}
