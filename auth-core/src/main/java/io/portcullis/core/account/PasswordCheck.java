package io.portcullis.core.account;

/** The result of comparing a password with a hash. */
public enum PasswordCheck {
    MATCHES,
    DIFFERS
}
