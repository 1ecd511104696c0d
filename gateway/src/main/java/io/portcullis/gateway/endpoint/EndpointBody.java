package io.portcullis.gateway.endpoint;

/** A JSON request body of the gateway's own endpoints. {@link StrictJsonDecoder} reads it. */
public interface EndpointBody {}
