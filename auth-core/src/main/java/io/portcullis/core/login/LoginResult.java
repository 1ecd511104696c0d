package io.portcullis.core.login;

import io.portcullis.core.token.TokenPair;

/** What a login or a refresh hands out. */
public record LoginResult(String userId, String sessionId, TokenPair tokens) {}
