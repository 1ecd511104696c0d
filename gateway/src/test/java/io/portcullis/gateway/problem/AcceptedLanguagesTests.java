package io.portcullis.gateway.problem;

import static io.portcullis.gateway.ReadCount.assertLinear;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedLanguagesTests {
    @ParameterizedTest
    @CsvSource({
        "zh-CN,zh",
        "zh,zh",
        "ZH-hans-CN,zh",
        "'fr, zh;q=0.5',zh",
        "'fr , zh ; q=0.5',zh",
        "'en;q=0.8, zh;q=0.9',zh",
        "'zh;q=0.8, en;q=0.8',zh",
        "'en;q=0.8, zh',zh",
        "'zh;q=0.001',zh",
        "'zh;q=0',en",
        "'zh;q=0.0',en",
        "'zh;q=1.000',zh",
        "'zh;q=x, en;q=0.1',en",
        "'zh;q=-1',en",
        "'zh;',en",
        "'zha',en",
        "'z',en",
        "',,zh',zh",
        "de,en",
        "'*',en",
        "???,en",
        "'',en"
    })
    void preferredWhenOneValueThenTheBestOfOurs(String header, String language) {
        assertThat(AcceptedLanguages.preferred(List.of(header)).getLanguage()).isEqualTo(language);
    }

    @Test
    void preferredWhenSeveralValuesThenOneList() {
        assertThat(AcceptedLanguages.preferred(List.of("fr", "zh;q=0.2", "en;q=0.1"))
                        .getLanguage())
                .isEqualTo("zh");
        assertThat(AcceptedLanguages.preferred(List.of()).getLanguage()).isEqualTo("en");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,", "a-b,", ",", "zh;q=0.", "zh;q=0.1,", " ", "1", ";"})
    void preferredWhenTwiceTheSizeThenTwiceTheReads(String part) {
        assertLinear(size -> part.repeat(size / part.length()), text -> AcceptedLanguages.preferred(List.of(text)));
    }
}
