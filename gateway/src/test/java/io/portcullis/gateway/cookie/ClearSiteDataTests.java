package io.portcullis.gateway.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClearSiteDataTests {
    private static final String REST =
            "\"cache\", \"clientHints\", \"executionContexts\", \"prefetchCache\", \"prerenderCache\", \"storage\"";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"cookies\" | ``",
                "\"Cookies\" | ``",
                "\"COOKIES\"  ,  'cookies2' |   'cookies2'",
                "cookies | ``",
                "\"cache\", \"cookies\", \"storage\" | \"cache\", \"storage\"",
                "\"cache\",\"cookies\",\"cookies\" | \"cache\"",
                "\"cookies\", \"cache\" |  \"cache\"",
                "\"cook\\ies\" | ``",
                "\t\"cookies\"\t | ``",
                "\"a,\"cookies\",b\" | \"a,b\"",
                "\"cache\" | \"cache\"",
                "\"storage:bucket\", \"unknown\" ; q=1 | \"storage:bucket\", \"unknown\" ; q=1",
                "\"a, b\",c | \"a, b\",c",
                "\"cookies2\" | \"cookies2\""
            })
    void withoutCookiesWhenCookiesAreNamedThenAllElseStays(String value, String kept) {
        assertThat(String.join("", ClearSiteData.withoutCookies(List.of(value))).strip())
                .isEqualTo(kept.strip());
    }

    @Test
    void withoutCookiesWhenEverythingIsNamedThenTheOtherTypes() {
        assertThat(ClearSiteData.withoutCookies(List.of("\"*\""))).containsExactly(REST);
        assertThat(ClearSiteData.withoutCookies(List.of("\"x\", \"*\""))).containsExactly("\"x\", " + REST);
    }

    @Test
    void withoutCookiesWhenThereAreSeveralLinesThenEachIsCleaned() {
        assertThat(ClearSiteData.withoutCookies(List.of("\"cookies\"", "\"cache\"", "\"x\", \"cookies\"", "\"*\"")))
                .containsExactly("\"cache\"", "\"x\"", REST);
    }
}
