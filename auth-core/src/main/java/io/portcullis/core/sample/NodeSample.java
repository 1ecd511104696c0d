package io.portcullis.core.sample;

import java.time.Duration;

/**
 * What a node counted within a time.
 *
 * @param node the name of the node, at most 64 ASCII characters
 * @param covered the length of that time
 * @param counted the counts of that time alone, and the streams that were open at its end, or on average
 */
public record NodeSample(String node, Duration covered, NodeReadings counted) {}
