/**
 * The scenario soak: a mix of all calls at a fixed rate on many live sessions, and what the calls, processes and stores need over the
 * time. Start with {@link io.portcullis.bench.soak.SoakRun}. May import: {@code process}, {@code report}, {@code subject}, {@code world}.
 */
@NullMarked
package io.portcullis.bench.soak;

import org.jspecify.annotations.NullMarked;
