package io.portcullis.core.token;

/** Holds the access token and the refresh token of one login or refresh. */
public record TokenPair(Token access, Token refresh) {}
