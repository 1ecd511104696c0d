package io.portcullis.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;

class ProblemMessagesTests {
    private final ProblemMessages messages = new ProblemMessages();

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void getWhenAnyCodeThenBothLanguagesHaveIt(ErrorCode code) {
        assertThat(messages.get(code, Locale.ENGLISH)).matches("\\p{ASCII}+");
        assertThat(messages.get(code, Locale.SIMPLIFIED_CHINESE)).doesNotMatch("\\p{ASCII}+");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource({"zh-CN,zh", "zh,zh", "'fr, zh;q=0.5',zh", "de,en", "'*',en", "???,en"
    })
    void localeWhenAcceptLanguageThenFirstKnown(String header, String language) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.ACCEPT_LANGUAGE, header);

        assertThat(ProblemMessages.locale(headers.getOrEmpty(HttpHeaders.ACCEPT_LANGUAGE))
                        .getLanguage())
                .isEqualTo(language);
    }
}
