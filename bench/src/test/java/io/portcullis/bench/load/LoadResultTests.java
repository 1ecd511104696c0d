package io.portcullis.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LoadResultTests {
    private static final String OUTPUT = """
            Running 2s test @ http://127.0.0.1:23400/api/small
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     2.73ms    1.02ms  12.11ms   71.23%
                Req/Sec    26.50k     1.20k   28.00k    80.00%
              53012 requests in 2.00s, 9.81MB read
            Requests/sec:  26506.00
            Transfer/sec:      4.90MB
            RESULT requests=53012 micros=2000500 connect=1 read=2 write=3 status=7 timeout=4 p50=2731 p99=8471 p999=12110
            """;

    @Test
    void parseWhenWrkHasEndedThenTaken() {
        LoadResult result = LoadResult.parse(OUTPUT);
        assertThat(result).isEqualTo(new LoadResult(53_012, 53_012 / 2.0005, 7, 10, 2_731, 8_471, 12_110, 0));
    }

    @Test
    void parseWhenWrkHasFailedThenSaysWhatItWrote() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadResult.parse("unable to connect to 127.0.0.1:1 Connection refused"))
                .withMessageContaining("Connection refused");
    }

    @Test
    void parseWhenWrkRefusesTheScriptThenSaysWhatItWrote() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadResult.parse("M123 /api/small HTTP/1.1: invalid HTTP method\n"))
                .withMessageStartingWith("wrk printed no result: M123 /api/small HTTP/1.1: invalid HTTP method");
    }

    @Test
    void parseWhenAFigureIsMissingThenSaysWhich() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadResult.parse(OUTPUT.replace("p99=8471 ", "")))
                .withMessageContaining("p99");
    }
}
