package io.portcullis.gateway.admin;

import io.portcullis.core.sample.NodeReadings;
import io.portcullis.core.sample.SampleRange;
import io.portcullis.core.sample.TimedNodeSample;
import java.util.List;
import java.util.Map;

/**
 * What the nodes counted over time. Times are in epoch milliseconds.
 *
 * @param from the beginning of the first step
 * @param to the end of the range, exclusive
 * @param stepMillis the length of a step
 * @param nodes the nodes, the one with the latest sample first
 * @param more whether there are further nodes
 */
record NodeSamplesBody(long from, long to, long stepMillis, List<Node> nodes, boolean more) {
    static NodeSamplesBody of(
            SampleRange range, List<String> nodes, Map<String, List<TimedNodeSample>> byNode, boolean more) {
        return new NodeSamplesBody(
                range.from().toEpochMilli(),
                range.to().toEpochMilli(),
                range.step().toMillis(),
                nodes.stream()
                        .map(node -> new Node(
                                node,
                                byNode.getOrDefault(node, List.of()).stream()
                                        .map(Sample::of)
                                        .toList()))
                        .toList(),
                more);
    }

    /**
     * @param node the name of the host and the port
     * @param samples those of the steps in which the node wrote samples
     */
    record Node(String node, List<Sample> samples) {}

    /**
     * @param time the beginning of the step
     * @param coveredMillis the time in which the node counted, which is less than the step if the node did not run or could not write
     * @param checks the number of access tokens that the node checked
     * @param refused the number of those that it refused
     * @param degradedMillis the part of the covered time in which the node was in degraded mode
     * @param streams the number of open streams, on average
     */
    record Sample(long time, long coveredMillis, long checks, long refused, long degradedMillis, int streams) {
        static Sample of(TimedNodeSample timed) {
            NodeReadings counted = timed.sample().counted();
            return new Sample(
                    timed.at().toEpochMilli(),
                    timed.sample().covered().toMillis(),
                    counted.checks(),
                    counted.refused(),
                    counted.degraded().toMillis(),
                    counted.streams());
        }
    }
}
