package io.portcullis.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusCountsTests {
    private static final String METRICS = """
            # TYPE http_server_requests_seconds summary
            http_server_requests_seconds_count{error="none",method="GET",status="200",uri="UNKNOWN"} 1200
            http_server_requests_seconds_sum{error="none",method="GET",status="200",uri="UNKNOWN"} 3.5
            http_server_requests_seconds_count{error="x",method="GET",status="503",uri="UNKNOWN"} 1.7E1
            http_server_requests_seconds_count{error="none",method="POST",status="200",uri="UNKNOWN"} 34
            """;

    @Test
    void parseWhenSeveralSeriesThenAddedUp() {
        assertThat(StatusCounts.parse(METRICS).byStatus()).isEqualTo(Map.of("200", 1_234L, "503", 17L));
    }

    @Test
    void sinceWhenNothingWasAddedThenLeftOut() {
        var before = new StatusCounts(Map.of("200", 1_000L, "503", 17L));
        assertThat(StatusCounts.parse(METRICS).since(before)).hasToString("{200=234}");
    }
}
