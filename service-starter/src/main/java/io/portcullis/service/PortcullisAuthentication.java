package io.portcullis.service;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** The authentication of a {@link PortcullisUser}, with an authority {@code ROLE_x} for each role {@code x}. It has no credentials. */
public final class PortcullisAuthentication extends AbstractAuthenticationToken {
    private static final String ROLE_PREFIX = "ROLE_";

    private final PortcullisUser user;

    /** Creates the authentication of a caller whom the gateway has authenticated. */
    public PortcullisAuthentication(PortcullisUser user) {
        super(authorities(user));
        this.user = user;
        setAuthenticated(true);
    }

    private static List<GrantedAuthority> authorities(PortcullisUser user) {
        return user.roles().stream()
                .sorted()
                .<GrantedAuthority>map(role -> new SimpleGrantedAuthority(ROLE_PREFIX + role))
                .toList();
    }

    @Override
    public Object getCredentials() {
        return "";
    }

    @Override
    public PortcullisUser getPrincipal() {
        return user;
    }
}
