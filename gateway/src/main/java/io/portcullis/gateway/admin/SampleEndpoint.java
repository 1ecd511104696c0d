package io.portcullis.gateway.admin;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.portcullis.core.sample.SampleRange;
import io.portcullis.core.sample.SampleRepository;
import io.portcullis.core.sample.TimedNodeSample;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.problem.Envelope;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Serves the samples of the nodes and of the number of live sessions (docs/adr/0032). Both lists have the parameters {@code from}
 * (inclusive) and {@code to} (exclusive) in epoch milliseconds; {@code to} is now if it is missing, and {@code from} a day before.
 */
@RestController
@RequestMapping(path = "/system", produces = MediaType.APPLICATION_JSON_VALUE)
final class SampleEndpoint {
    private static final Duration DEFAULT_RANGE = Duration.ofDays(1);
    private static final int MAX_NODES = 32;

    private final SampleRepository samples;
    private final Clock clock;

    SampleEndpoint(SampleRepository samples, Clock clock) {
        this.samples = samples;
        this.clock = clock;
    }

    /**
     * Answers with what each node counted, in at most 288 steps of a minute or more. Of more than 32 nodes it has those with the latest
     * samples.
     */
    @GetMapping("/node/samples")
    Mono<Envelope<NodeSamplesBody>> nodes(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to) {
        SampleRange range = range(from, to, SampleRepository.NODE_INTERVAL);
        return samples.findNodes(range, MAX_NODES + 1)
                .flatMap(found -> {
                    List<String> nodes = found.subList(0, Math.min(MAX_NODES, found.size()));
                    return samples.findSamples(range, nodes)
                            .collect(groupingBy(
                                    (TimedNodeSample each) -> each.sample().node(), toList()))
                            .map(byNode -> NodeSamplesBody.of(range, nodes, byNode, found.size() > MAX_NODES));
                })
                .map(Envelope::of);
    }

    /** Answers with the number of live sessions, in at most 288 steps of five minutes or more. */
    @GetMapping("/session/samples")
    Mono<Envelope<SessionSamplesBody>> sessions(
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to) {
        SampleRange range = range(from, to, SampleRepository.SESSION_INTERVAL);
        return samples.findSessions(range).collectList().map(found -> Envelope.of(SessionSamplesBody.of(range, found)));
    }

    private SampleRange range(@Nullable String from, @Nullable String to, Duration shortest) {
        Instant begin = QueryParameters.instant("from", from);
        Instant end = QueryParameters.instant("to", to);
        if (end == null) {
            end = clock.instant();
        }
        if (begin == null) {
            begin = end.minus(DEFAULT_RANGE);
        }
        if (!begin.isBefore(end)) {
            throw RequestFields.invalidField("from", "a time before to");
        }
        return SampleRange.of(begin, end, shortest);
    }
}
