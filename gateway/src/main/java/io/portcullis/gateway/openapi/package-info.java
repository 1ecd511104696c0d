/**
 * Describes the gateway's own endpoints in OpenAPI 3.1 (docs/openapi.md, ADR 45). Start with
 * {@link io.portcullis.gateway.openapi.OpenApiDocument}. May import: {@code diagnostics}.
 */
@NullMarked
package io.portcullis.gateway.openapi;

import org.jspecify.annotations.NullMarked;
