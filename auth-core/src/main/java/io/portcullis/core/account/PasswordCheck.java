package io.portcullis.core.account;

/** Whether a password is the one that was hashed. */
public enum PasswordCheck {
    MATCHES,
    DIFFERS
}
