package io.portcullis.core.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewAccountTests {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u200b",
                "z\u200d",
                "ad\u202emin",
                "a\u2066b",
                "\ufeffadmin",
                "a\u00adb",
                "a\u00a0b",
                "\u00a0\u00a0",
                "a\u3000b",
                "a\u2028b",
                "a\u2029b",
                "a\u0085b",
                "a\tb",
                "a\u0378b",
                "a\uffffb",
                "a\ud800",
                "\udc00a",
                "a\udb40\udc41",
                " a"
            })
    void requireUsernameWhenCharactersAreNotSeenThenRefused(String username) {
        assertRefused(
                catchThrowableOfType(PortcullisException.class, () -> NewAccount.requireUsername(username)),
                "username");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a b", "\u00fcn\u00ef", "\u4e2d\u6587", "\ud83d\ude00", "e\u0301", "a@b.example", "o'brien"})
    void requireUsernameWhenCharactersAreSeenThenAccepted(String username) {
        assertThatCode(() -> NewAccount.requireUsername(username)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1234567\ud800", "\udc001234567", "1234\ud8005678", "\udc00\ud800345678"})
    void requirePasswordWhenASurrogateIsAloneThenRefused(String password) {
        assertRefused(
                catchThrowableOfType(PortcullisException.class, () -> NewAccount.requirePassword(password)),
                "password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1234567\ud83d\ude00", "12345678"})
    void requirePasswordWhenWholeCharactersThenAccepted(String password) {
        assertThatCode(() -> NewAccount.requirePassword(password)).doesNotThrowAnyException();
    }

    private static void assertRefused(PortcullisException refusal, String field) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(refusal.detail()).startsWith(field).contains("expected");
    }
}
