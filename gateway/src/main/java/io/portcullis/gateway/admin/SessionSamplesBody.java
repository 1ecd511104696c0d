package io.portcullis.gateway.admin;

import io.portcullis.core.sample.SampleRange;
import io.portcullis.core.sample.SessionSample;
import java.util.List;

/**
 * The number of live sessions over time. Times are in epoch milliseconds.
 *
 * @param from the beginning of the first step
 * @param to the end of the range, exclusive
 * @param stepMillis the length of a step
 * @param samples those of the steps for which there is a number
 */
record SessionSamplesBody(long from, long to, long stepMillis, List<Sample> samples) {
    static SessionSamplesBody of(SampleRange range, List<SessionSample> found) {
        return new SessionSamplesBody(
                range.from().toEpochMilli(),
                range.to().toEpochMilli(),
                range.step().toMillis(),
                found.stream()
                        .map(each -> new Sample(each.at().toEpochMilli(), each.sessions()))
                        .toList());
    }

    /**
     * @param time the beginning of the step
     * @param sessions the number of live sessions, on average
     */
    record Sample(long time, long sessions) {}
}
