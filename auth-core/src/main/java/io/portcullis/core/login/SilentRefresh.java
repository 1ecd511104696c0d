package io.portcullis.core.login;

/**
 * The result of a refresh that the gateway does by itself for a browser, before it proxies a request.
 *
 * @param login the successor pair
 * @param delivered the task to run when a response that contains the pair has been sent. The grace window of the spent refresh
 *     token begins then (ADR 0025). Returns at once, never fails, and may run more than once
 */
public record SilentRefresh(LoginResult login, Runnable delivered) {}
