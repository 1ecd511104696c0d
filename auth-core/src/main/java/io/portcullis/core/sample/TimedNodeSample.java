package io.portcullis.core.sample;

import java.time.Instant;

/**
 * The samples of a node within one step of a range, added up.
 *
 * @param at the beginning of the step
 */
public record TimedNodeSample(Instant at, NodeSample sample) {}
