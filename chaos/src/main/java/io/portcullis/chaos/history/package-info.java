/**
 * The history of what clients did and observed, as plain values.
 *
 * <p>Start with {@link io.portcullis.chaos.history.History}. May import: no other package of chaos.
 */
@NullMarked
package io.portcullis.chaos.history;

import org.jspecify.annotations.NullMarked;
