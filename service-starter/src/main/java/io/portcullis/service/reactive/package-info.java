/**
 * Authenticates the requests of a WebFlux application. Start with
 * {@link io.portcullis.service.reactive.ReactivePortcullisSecurity}.
 */
@NullMarked
package io.portcullis.service.reactive;

import org.jspecify.annotations.NullMarked;
