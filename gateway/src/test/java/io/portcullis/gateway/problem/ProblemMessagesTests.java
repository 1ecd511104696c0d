package io.portcullis.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemMessagesTests {
    private final ProblemMessages messages = new ProblemMessages();

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void getWhenAnyCodeThenBothLanguagesHaveIt(ErrorCode code) {
        assertThat(messages.get(code, Locale.ENGLISH)).matches("\\p{ASCII}+");
        assertThat(messages.get(code, Locale.SIMPLIFIED_CHINESE)).doesNotMatch("\\p{ASCII}+");
    }
}
