package io.portcullis.core.client;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.ClientUserId;
import io.portcullis.core.token.TokenLifetimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A registered OAuth 2 client (RFC 6749 section 2). The constructor throws {@code BAD_REQUEST} for values that a client cannot have.
 *
 * @param name the name for administrators
 * @param enabled whether the client may authenticate and use its sessions
 * @param grants the grants that the client may use
 * @param scopes the scopes that its sessions may have
 * @param roles the roles of the sessions that it opens for itself
 * @param accessTtl the lifetime of its access tokens; null for {@code portcullis.token.access-ttl}
 * @param refreshTtl the lifetime of its refresh tokens; null for {@code portcullis.token.refresh-ttl}
 * @param secretDigests the digests of its secrets, the newest first: two while a secret is being replaced, none for a public client
 */
public record RegisteredClient(
        String id,
        String name,
        ClientType type,
        boolean enabled,
        Set<GrantType> grants,
        Set<String> scopes,
        Set<String> roles,
        @Nullable Duration accessTtl,
        @Nullable Duration refreshTtl,
        List<String> secretDigests,
        Instant createdAt) {
    /** The greatest number of secrets at a time. */
    public static final int MAX_SECRETS = 2;

    private static final int MAX_NAME = 128;
    private static final int MAX_SCOPES_LENGTH = 1024;
    private static final int MAX_DESCRIPTION = 1200;
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofDays(3650);
    /** No character has another form in percent-encoding, and with the prefix of {@link #userId} the id fits a user id. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,49}");

    private static final Pattern SCOPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}");

    public RegisteredClient {
        require(isId(id), "id", "1 to 50 letters, digits or . _ -, starting with a letter or digit");
        require(!name.isBlank() && name.length() <= MAX_NAME, "name", "1 to " + MAX_NAME + " characters");
        grants = Set.copyOf(grants);
        scopes = Set.copyOf(scopes);
        roles = Set.copyOf(roles);
        secretDigests = List.copyOf(secretDigests);
        requireScopes(scopes);
        NewAccount.requireRoles(roles);
        requireTtl("accessTtl", accessTtl);
        requireTtl("refreshTtl", refreshTtl);
        require(secretDigests.size() <= MAX_SECRETS, "secrets", "at most " + MAX_SECRETS);
        if (type == ClientType.PUBLIC) {
            require(secretDigests.isEmpty(), "secrets", "none for a public client");
            require(
                    !grants.contains(GrantType.CLIENT_CREDENTIALS),
                    "grants",
                    "no client_credentials for a public client");
        }
    }

    /** Returns whether a text can be the id of a client. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Returns the user id of the sessions that the client opens for itself, see {@link ClientUserId}. */
    public String userId() {
        return ClientUserId.of(id);
    }

    /** Returns whether the client authenticates with a secret. */
    public boolean confidential() {
        return type == ClientType.CONFIDENTIAL;
    }

    /** Returns whether the client may use the grant. */
    public boolean mayUse(GrantType grant) {
        return grants.contains(grant);
    }

    /**
     * Returns the scopes of a session for which these are requested: all that the client may have if none are.
     *
     * @throws PortcullisException {@code SCOPE_NOT_GRANTED} if the client may not have all of them
     */
    public Set<String> grantedScopes(Set<String> requested) {
        if (!scopes.containsAll(requested)) {
            throw PortcullisException.of(ErrorCode.SCOPE_NOT_GRANTED);
        }
        return requested.isEmpty() ? scopes : requested;
    }

    /** Returns this client with other secrets. */
    public RegisteredClient withSecrets(List<String> digests) {
        return new RegisteredClient(
                id, name, type, enabled, grants, scopes, roles, accessTtl, refreshTtl, digests, createdAt);
    }

    /** Returns this client, disabled. */
    public RegisteredClient disabled() {
        return new RegisteredClient(
                id, name, type, false, grants, scopes, roles, accessTtl, refreshTtl, secretDigests, createdAt);
    }

    /** Returns this client with the values of another one, but with its own id, type, secrets and time of creation. */
    public RegisteredClient with(RegisteredClient values) {
        return new RegisteredClient(
                id,
                values.name(),
                type,
                values.enabled(),
                values.grants(),
                values.scopes(),
                values.roles(),
                values.accessTtl(),
                values.refreshTtl(),
                secretDigests,
                createdAt);
    }

    /** Returns what the client may do, for the login log, without secrets. At most 1,200 characters. */
    public String description() {
        String text = (enabled ? "enabled" : "disabled") + ", " + secretDigests.size() + " secrets, grants "
                + new TreeSet<>(grants) + ", roles " + new TreeSet<>(roles) + ", scopes " + new TreeSet<>(scopes);
        return text.length() <= MAX_DESCRIPTION ? text : text.substring(0, MAX_DESCRIPTION);
    }

    /** Returns whether one of the presented texts is a secret of this client. Takes constant time. */
    boolean hasSecret(Collection<String> presented) {
        return ClientSecrets.anyMatches(presented, secretDigests);
    }

    /**
     * Returns the lifetimes of the tokens of its sessions. A refresh token lives longer than an access token in any case.
     *
     * @param defaults the lifetimes of sessions without a client
     */
    public TokenLifetimes lifetimes(TokenLifetimes defaults) {
        Duration access = Objects.requireNonNullElse(accessTtl, defaults.access());
        Duration refresh = Objects.requireNonNullElse(refreshTtl, defaults.refresh());
        Duration longer = refresh.compareTo(access) > 0 ? refresh : access.plus(MIN_TTL);
        return new TokenLifetimes(access, longer, defaults.maxSessionLifetime(), defaults.grace());
    }

    private static void requireScopes(Set<String> scopes) {
        scopes.forEach(scope -> require(
                SCOPE.matcher(scope).matches(),
                "scopes",
                "names of 1 to 64 letters, digits or . _ : / -, starting with a letter or digit"));
        require(
                String.join(",", scopes).length() <= MAX_SCOPES_LENGTH,
                "scopes",
                "at most " + MAX_SCOPES_LENGTH + " characters together");
    }

    private static void requireTtl(String field, @Nullable Duration ttl) {
        require(
                ttl == null || (ttl.compareTo(MIN_TTL) >= 0 && ttl.compareTo(MAX_TTL) <= 0),
                field,
                "1 second to 3650 days");
    }

    private static void require(boolean condition, String field, String expected) {
        if (!condition) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, field + " (expected: " + expected + ")");
        }
    }

    @Override
    public String toString() {
        return "RegisteredClient[id=" + id + ", type=" + type + ", enabled=" + enabled + ", grants=" + grants
                + ", scopes=" + scopes + ", secrets=" + secretDigests.size() + "]";
    }
}
