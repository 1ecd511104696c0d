/**
 * The command line of the benchmark. Start with {@link io.portcullis.bench.BenchRun}. May import: all packages of this module.
 */
@NullMarked
package io.portcullis.bench;

import org.jspecify.annotations.NullMarked;
