package io.portcullis.gateway.event;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * An event as it is sent.
 *
 * @param headers the header fields that belong to the body
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record EventMessage(HttpHeaders headers, byte[] body) {}
