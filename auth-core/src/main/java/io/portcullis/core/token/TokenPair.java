package io.portcullis.core.token;

/** What a login or a refresh answers. */
public record TokenPair(Token access, Token refresh) {}
