/**
 * The environment of all subjects: stores, live tokens, the upstream service, and files. Start with {@link
 * io.portcullis.bench.world.World}. May import: {@code process}.
 */
@NullMarked
package io.portcullis.bench.world;

import org.jspecify.annotations.NullMarked;
