/**
 * Wires the beans, and binds the properties of the core; the only package that may use the Redis and R2DBC adapters. Start with
 * {@link io.portcullis.gateway.config.CoreConfiguration}. May import: {@code problem}, {@code authentication}, {@code stream},
 * {@code fastpath}, {@code endpoint}, {@code admin}, {@code observe}, {@code connection}, {@code forwarded}, {@code cors},
 * {@code upstream}, {@code route}, {@code startup}.
 */
@NullMarked
package io.portcullis.gateway.config;

import org.jspecify.annotations.NullMarked;
