/**
 * The subjects of the benchmark, and how each one is started. Start with {@link io.portcullis.bench.subject.Launcher}. May
 * import: {@code world}, {@code load}, {@code process}.
 */
@NullMarked
package io.portcullis.bench.subject;

import org.jspecify.annotations.NullMarked;
