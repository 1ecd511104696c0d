package io.portcullis.gateway.observe;

import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Checks whether a store works.
 *
 * @param name the name of the store among the health details
 * @param ping starts one check; its result completes empty if the store answered and emits an error otherwise
 */
public record StoreProbe(String name, Supplier<Mono<Void>> ping) {}
