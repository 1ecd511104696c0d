/**
 * Binds the properties and wires all beans; the only package that may use the Redis and R2DBC adapters. Start with
 * {@link io.portcullis.gateway.config.PortcullisProperties}. May import: {@code problem}, {@code authentication}, {@code stream},
 * {@code fastpath}, {@code endpoint}, {@code admin}, {@code observe}, {@code connection}, {@code forwarded}, {@code cors},
 * {@code upstream}, {@code route}, {@code startup}.
 */
@NullMarked
package io.portcullis.gateway.config;

import org.jspecify.annotations.NullMarked;
