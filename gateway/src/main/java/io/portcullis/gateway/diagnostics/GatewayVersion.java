package io.portcullis.gateway.diagnostics;

import java.util.Objects;

/** The version of the gateway, which the jar's manifest has. */
public final class GatewayVersion {
    /** The version, or {@code development} for classes outside of a jar. */
    public static final String VALUE =
            Objects.requireNonNullElse(GatewayVersion.class.getPackage().getImplementationVersion(), "development");

    private GatewayVersion() {}
}
