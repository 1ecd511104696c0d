/**
 * The load generator wrk: its script, its execution and its result. Start with {@link io.portcullis.bench.load.Wrk}. May
 * import: {@code process}.
 */
@NullMarked
package io.portcullis.bench.load;

import org.jspecify.annotations.NullMarked;
