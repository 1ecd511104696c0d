package io.portcullis.core.sample;

/**
 * A node, as it reports itself. Each text has at most 64 ASCII characters.
 *
 * @param name the name of the host and the port
 * @param version the version of the gateway
 * @param java the version of Java
 */
public record NodeIdentity(String name, String version, String java) {}
