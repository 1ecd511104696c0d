/**
 * Composes the core: creates its adapters to MySQL and Redis and its services, binds their properties, and stops them in order. The
 * only package that may use the adapters. The wiring of a feature is in the package of the feature. Start with
 * {@link io.portcullis.gateway.config.CoreConfiguration}. May import: {@code diagnostics}, {@code observe}, {@code startup},
 * {@code stream}, {@code admin}, {@code fastpath}, {@code route}.
 */
@NullMarked
package io.portcullis.gateway.config;

import org.jspecify.annotations.NullMarked;
