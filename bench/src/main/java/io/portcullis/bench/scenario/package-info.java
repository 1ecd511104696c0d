/**
 * The scenarios: the loads, and the runs that apply them to the subjects. Start with {@link
 * io.portcullis.bench.scenario.Scenarios}. May import: {@code subject}, {@code report}, {@code world}, {@code load}, {@code
 * process}.
 */
@NullMarked
package io.portcullis.bench.scenario;

import org.jspecify.annotations.NullMarked;
