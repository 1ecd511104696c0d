package io.portcullis.gateway.diagnostics;

import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * A store of which the version can be asked.
 *
 * @param name {@code mysql} or {@code redis}
 * @param kind how the store is used, such as {@code sentinel}
 * @param version asks the store for its version; an empty text if the store answers without one. An error if the store does not answer
 */
public record StoreDescription(String name, String kind, Supplier<Mono<String>> version) {}
