/**
 * Pure functions that check a history of operations against the guarantees (docs/guarantees.md).
 *
 * <p>Start with {@link io.portcullis.chaos.checker.HistoryChecker}. May import: {@code history}.
 */
@NullMarked
package io.portcullis.chaos.checker;

import org.jspecify.annotations.NullMarked;
