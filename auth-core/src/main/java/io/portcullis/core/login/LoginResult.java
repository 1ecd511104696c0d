package io.portcullis.core.login;

import io.portcullis.core.token.TokenPair;

/** The result of a login or refresh. */
public record LoginResult(String userId, String sessionId, TokenPair tokens) {}
