/**
 * The command line and the rounds of the chaos harness (docs/guarantees.md): load, faults, healing, and the check of everything
 * that clients observed.
 *
 * <p>Start with {@link io.portcullis.chaos.ChaosRun}. May import: {@code world}, {@code fault}, {@code workload}, {@code
 * history}, {@code checker}, {@code node}.
 */
@NullMarked
package io.portcullis.chaos;

import org.jspecify.annotations.NullMarked;
