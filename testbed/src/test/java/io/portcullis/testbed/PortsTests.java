package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortsTests {
    /** Servers of one cluster take their ports before any of them listens. */
    @Test
    void freeWhenCalledManyTimesBeforeAServerListensThenAllDiffer() {
        List<Integer> ports = Stream.generate(Ports::free).limit(150).toList();

        assertThat(ports).doesNotHaveDuplicates();
    }
}
