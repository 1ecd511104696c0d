package io.portcullis.core.client;

/** The type of a client (RFC 6749 section 2.1). MySQL stores the constant's name, so no constant may be renamed. */
public enum ClientType {
    /** A client that can keep a secret, such as a server. It authenticates with its secret. */
    CONFIDENTIAL,
    /** A client that cannot keep a secret, such as an app on a telephone. It only names its id. */
    PUBLIC
}
