/**
 * The load generators wrk (closed loop) and h2load (constant rate): their execution and their results. Start with {@link
 * io.portcullis.bench.load.LoadGenerator}. May import: {@code process}.
 */
@NullMarked
package io.portcullis.bench.load;

import org.jspecify.annotations.NullMarked;
