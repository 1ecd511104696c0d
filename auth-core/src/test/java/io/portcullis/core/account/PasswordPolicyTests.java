package io.portcullis.core.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordPolicyTests {
    private static final PasswordPolicy POLICY = PasswordPolicy.defaults();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice | 1234567             | too short",
                "alice | \ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00 | too short",
                "alice | 12345678            | too common",
                "alice | password1           | too common",
                "alice | PassWord1           | too common",
                "alice | baseball            | too common",
                "alice | iloveyou            | too common",
                "alice | 88888888            | too common",
                "alice | AAAAaaaa            | too common",
                "alice | 123123123           | too common",
                "alice | testtest            | too common",
                "alice | 87654321            | too common",
                "alice | 0123456789          | too common",
                "alice | ABCDefgh            | too common",
                "alice | alice-87654321      | little more",
                "alicealice | alicealice     | little more",
                "alice | alicealice          | little more",
                "alice | Alice2026           | little more",
                "alice | 2026-ALICE-1        | little more",
                "alice | alice-password      | little more",
                "alice | portcullis1         | little more",
                "alice | alice-portcullis-1  | little more"
            })
    void requireWhenTheRulesForbidItThenToldWhich(String username, String password, String rule) {
        var refusal = catchThrowableOfType(PortcullisException.class, () -> POLICY.require(username, password));

        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(refusal.detail())
                .startsWith("password: " + rule)
                .contains("expected")
                .doesNotContain(password);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice | alice-demo-pass",
                "admin | admin-demo-pass",
                "bob   | bob-demo-pass",
                "user  | some-demo-pass",
                "alice | correct horse",
                "alice | aaaabbbbcccd",
                "alice | abcdefgj",
                "alice | aaaaaaaaaaaaaaaaaaaaa",
                "alice | \u5bc6\u7801\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801",
                "alice | a-b-a-b-a-b-",
                "alice | \u5bc6\u7801\u5f88\u957f\u4e5f\u5f88\u597d\u5440",
                "alice | \ud83d\ude00\ud83d\ude01\ud83d\ude02\ud83d\ude03\ud83d\ude04\ud83d\ude05\ud83d\ude06\ud83d\ude07",
                "al    | al-al-al-alx"
            })
    void requireWhenTheRulesAllowItThenAccepted(String username, String password) {
        assertThatCode(() -> POLICY.require(username, password)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"15,correct horses,false", "15,correct horse xy,true", "12,acme-corporation,false"})
    void requireWhenConfiguredThenByThat(int minLength, String password, boolean accepted) {
        var policy = new PasswordPolicy(minLength, List.of("ACME", "corporation"));

        var check = assertThatCode(() -> policy.require("alice", password));

        if (accepted) {
            check.doesNotThrowAnyException();
        } else {
            check.isInstanceOf(PortcullisException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 7, 65})
    void policyWhenTheMinimumIsOutOfRangeThenRefused(int minLength) {
        assertThatThrownBy(() -> new PasswordPolicy(minLength, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 8 to 64");
    }
}
