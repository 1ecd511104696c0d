package io.portcullis.gateway.authentication;

import io.portcullis.core.token.Identity;

/** Where an exchange keeps who is calling. */
final class CurrentIdentity {
    static final String ATTRIBUTE = Identity.class.getName();

    private CurrentIdentity() {}
}
