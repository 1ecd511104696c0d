package io.portcullis.gateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTagTests {
    @ParameterizedTest
    @CsvSource({
        "200,200,OK,SUCCESSFUL",
        "404,404,NOT_FOUND,CLIENT_ERROR",
        "299,2xx,CUSTOM,CUSTOM",
        "999,9xx,CUSTOM,CUSTOM",
        "2200,UNKNOWN,CUSTOM,CUSTOM",
        "-1,UNKNOWN,CUSTOM,CUSTOM",
        "0,UNKNOWN,CUSTOM,CUSTOM"
    })
    void tagsWhenStatusThenBounded(int status, String code, String name, String outcome) {
        assertThat(StatusTag.code(status)).isEqualTo(code);
        assertThat(StatusTag.name(status)).isEqualTo(name);
        assertThat(StatusTag.outcome(status)).isEqualTo(outcome);
    }

    @Test
    void indexWhenAnyStatusThenOneForEachCode() {
        Map<Integer, Long> codes = IntStream.rangeClosed(-10, 3_000)
                .boxed()
                .collect(Collectors.groupingBy(
                        StatusTag::index,
                        Collectors.collectingAndThen(
                                Collectors.mapping(StatusTag::code, Collectors.toSet()), set -> (long) set.size())));

        assertThat(codes).hasSizeLessThan(100);
        assertThat(codes.values()).containsOnly(1L);
        assertThat(codes.keySet()).allMatch(index -> index >= 0 && index < StatusTag.COUNT);
    }
}
