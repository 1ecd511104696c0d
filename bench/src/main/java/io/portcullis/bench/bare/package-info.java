/**
 * Minimal reactor-netty processes: a proxy as a subject of the benchmark, and an upstream service. Start with {@link
 * io.portcullis.bench.bare.BareProxy}. May import: no other package of this module.
 */
@NullMarked
package io.portcullis.bench.bare;

import org.jspecify.annotations.NullMarked;
