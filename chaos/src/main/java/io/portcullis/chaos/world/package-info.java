/**
 * The environment of a run: database, Redis, sample services, gateway processes, and the proxies between them.
 *
 * <p>Start with {@link io.portcullis.chaos.world.World}. May import: {@code history}, {@code node}.
 */
@NullMarked
package io.portcullis.chaos.world;

import org.jspecify.annotations.NullMarked;
