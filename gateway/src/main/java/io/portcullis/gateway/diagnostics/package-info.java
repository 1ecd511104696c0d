/**
 * Serves {@code GET /system/diagnostics}: versions, configuration without secrets, stores, pools, nodes. Start with
 * {@link io.portcullis.gateway.diagnostics.DiagnosticsEndpoint}. May import: {@code problem}, {@code startup}, {@code observe}.
 */
@NullMarked
package io.portcullis.gateway.diagnostics;

import org.jspecify.annotations.NullMarked;
