package io.portcullis.gateway.stream;

import io.portcullis.gateway.stream.OpenStream.Signalled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Searches for a schedule in which a registered stream is not found when its session ends. */
@Param(name = "session", gen = IntGen.class, conf = "1:2")
public class OpenStreamsLinearizabilityTests {
    private final OpenStreams streams = new OpenStreams();
    private final Map<Integer, Deque<Signalled>> opened = new ConcurrentHashMap<>();

    @Operation(nonParallelGroup = "streams")
    public void open(@Param(name = "session") int session) {
        Signalled stream = new Signalled(new Admission(String.valueOf(session), 0));
        streams.add(stream);
        opened.computeIfAbsent(session, id -> new ArrayDeque<>()).add(stream);
    }

    @Operation(nonParallelGroup = "streams")
    public void end(@Param(name = "session") int session) {
        Signalled stream =
                opened.computeIfAbsent(session, id -> new ArrayDeque<>()).poll();
        if (stream != null) {
            streams.remove(stream);
        }
    }

    /** Returns how many streams of the session have begun to close. */
    @Operation
    public int close(@Param(name = "session") int session) {
        return streams.close(String.valueOf(session), StreamClose.UNCHECKED).started();
    }

    @Operation
    public int countOf(@Param(name = "session") int session) {
        return streams.countOf(String.valueOf(session));
    }

    @Test
    void streamsWhenOpenedAndClosedAtOnceThenAsOneAfterAnother() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(500)
                .threads(2)
                .actorsPerThread(3)
                .check(getClass());
    }
}
