package io.portcullis.core.login;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.ClientUserId;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user that a login service has authenticated, for whom a session is to be opened (docs/login-services.md). The constructor checks that
 * the values fit into the session's row and into headers.
 *
 * @param userId the user's id, 1 to 64 characters, unique among the users of all login services and accounts
 * @param username the user's name, 1 to 128 characters
 * @param userType the kind of user, 1 to 64 characters
 * @param roles role names without commas, together at most 1024 characters with a comma between any two
 * @param tenantId the user's tenant, 1 to 64 characters; null for none
 * @param client the origin of the login, with the device that the service named
 * @param replaces as {@link LoginRequest#replaces}
 * @param loginService the id of the route of the service, 1 to 64 characters
 */
public record ExternalLogin(
        String userId,
        String username,
        String userType,
        Set<String> roles,
        @Nullable String tenantId,
        ClientInfo client,
        Set<String> replaces,
        String loginService) {
    /** The largest length of the id of a route whose service may open sessions. */
    public static final int MAX_LOGIN_SERVICE = 64;

    private static final int MAX_ID = 64;
    private static final int MAX_USERNAME = 128;
    private static final int MAX_ROLES = 1024;

    /** @throws IllegalArgumentException if a value does not fit, with a message that does not repeat it */
    public ExternalLogin {
        requireText("userId", userId, MAX_ID);
        if (ClientUserId.isClient(userId)) {
            throw new IllegalArgumentException("userId (expected: not that of an OAuth 2 client)");
        }
        requireText("username", username, MAX_USERNAME);
        requireText("userType", userType, MAX_ID);
        roles = Set.copyOf(roles);
        requireRoles(roles);
        if (tenantId != null) {
            requireText("tenantId", tenantId, MAX_ID);
        }
        replaces = Set.copyOf(replaces);
        requireText("loginService", loginService, MAX_LOGIN_SERVICE);
    }

    private static void requireRoles(Collection<String> roles) {
        for (String role : roles) {
            requireText("roles", role, MAX_ROLES);
            if (role.indexOf(',') >= 0) {
                throw new IllegalArgumentException("roles (expected: names without commas)");
            }
        }
        if (String.join(",", roles).length() > MAX_ROLES) {
            throw new IllegalArgumentException("roles (expected: at most " + MAX_ROLES + " characters together)");
        }
    }

    /**
     * Checks a text of one line ({@link NewAccount#isOneLine}).
     *
     * @throws IllegalArgumentException with a message that names the field, and does not repeat the value
     */
    public static void requireText(String field, String value, int max) {
        if (!NewAccount.isOneLine(value, max)) {
            throw new IllegalArgumentException(
                    field + " (expected: 1 to " + max + " characters, no control characters, no space at either end)");
        }
    }

    /** Returns the detail of the entries in the login log. */
    static String detail(String loginService) {
        return "login service: " + loginService;
    }

    /** Returns a text that names the user and the service. */
    @Override
    public String toString() {
        return "ExternalLogin[userId=" + userId + ", loginService=" + loginService + "]";
    }
}
