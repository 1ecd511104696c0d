package io.portcullis.gateway.diagnostics;

/**
 * The connections of one pool at one moment.
 *
 * @param size the greatest number of connections
 * @param open the number of open connections
 * @param inUse the number of connections in use
 * @param waiting the number of callers that wait for a connection
 */
public record PoolState(String name, int size, int open, int inUse, int waiting) {}
