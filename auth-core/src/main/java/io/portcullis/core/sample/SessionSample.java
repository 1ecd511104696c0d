package io.portcullis.core.sample;

import java.time.Instant;

/**
 * The number of live sessions within one step of a range.
 *
 * @param at the beginning of the step
 * @param sessions the number, on average and rounded
 */
public record SessionSample(Instant at, long sessions) {}
