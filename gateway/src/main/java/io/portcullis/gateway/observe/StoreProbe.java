package io.portcullis.gateway.observe;

import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Asks a store whether it works.
 *
 * @param ping completes if the store answered, errors if not
 */
public record StoreProbe(String name, Supplier<Mono<Void>> ping) {}
