package io.portcullis.service.test;

import io.portcullis.service.PortcullisAuthentication;
import io.portcullis.service.PortcullisUser;
import java.util.Set;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.test.context.support.WithSecurityContextFactory;

/** Creates the security context of {@link WithPortcullisUser}. */
final class PortcullisUserContextFactory implements WithSecurityContextFactory<WithPortcullisUser> {
    @Override
    public SecurityContext createSecurityContext(WithPortcullisUser user) {
        String userId = user.userId().isEmpty() ? "user-" + user.username() : user.userId();
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new PortcullisAuthentication(new PortcullisUser(
                userId,
                user.username(),
                Set.of(user.roles()),
                user.sessionId(),
                user.tenantId().isEmpty() ? null : user.tenantId())));
        return context;
    }
}
