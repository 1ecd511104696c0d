package io.portcullis.core.token.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the names, which are stored, and the error codes, which are part of the API. */
class RevocationReasonTests {
    @ParameterizedTest
    @CsvSource({
        "LOGOUT,SESSION_LOGGED_OUT",
        "KICKED,SESSION_KICKED",
        "REPLACED,SESSION_REPLACED",
        "REUSE,SESSION_REUSE",
        "EXPIRED,SESSION_EXPIRED",
        "ACCOUNT_DISABLED,SESSION_ACCOUNT_DISABLED",
        "PASSWORD_CHANGED,SESSION_PASSWORD_CHANGED",
        "ROLES_CHANGED,SESSION_ROLES_CHANGED",
        "ACCOUNT_DELETED,SESSION_ACCOUNT_DELETED",
    })
    void ofWhenASessionEndedThenItsNameAndCode(String name, ErrorCode code) {
        EndReason end = EndReason.ofName(name);
        RevocationReason reason = RevocationReason.of(end);

        assertThat(end).hasToString(name);
        assertThat(reason.name()).isEqualTo(name);
        assertThat(reason.errorCode()).isEqualTo(code);
        assertThat(RevocationReason.ofStoredName(name)).isSameAs(reason);
        assertThat(LoginLogType.of(end).name()).isEqualTo(name);
        assertThat(LoginLogType.ofName(name)).isSameAs(LoginLogType.of(end));
    }

    /** The login log has one name for both replacements. */
    @Test
    void ofWhenReplacedInABrowserThenReplacedInTheLoginLog() {
        EndReason end = EndReason.ofName("REPLACED_IN_BROWSER");

        assertThat(RevocationReason.of(end).name()).isEqualTo("REPLACED_IN_BROWSER");
        assertThat(end.errorCode().code()).isEqualTo(ErrorCode.SESSION_REPLACED.code());
        assertThat(LoginLogType.of(end)).isSameAs(LoginLogType.of(EndReason.REPLACED));
    }

    @Test
    void storedWhenSupersededThenItsCode() {
        assertThat(RevocationReason.ofStoredName("SUPERSEDED")).isSameAs(RevocationReason.SUPERSEDED);
        assertThat(RevocationReason.SUPERSEDED.errorCode()).isEqualTo(ErrorCode.ACCESS_TOKEN_SUPERSEDED);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"OF_A_LATER_RELEASE", "logout", ""})
    void storedWhenUnknownThenLogout(String name) {
        assertThat(RevocationReason.ofStoredName(name)).isSameAs(RevocationReason.of(EndReason.LOGOUT));
    }

    @Test
    void ofNameWhenUnknownThenOther() {
        assertThat(LoginLogType.ofName("OF_A_LATER_RELEASE")).isSameAs(LoginLogType.OTHER);
    }

    @Test
    void valuesWhenListedThenAlsoLoginChangesOfAccountsAndOther() {
        assertThat(LoginLogType.values())
                .extracting(LoginLogType::name)
                .containsExactlyElementsOf(Stream.of(
                                Stream.of("LOGIN"),
                                Stream.of(EndReason.values())
                                        .map(EndReason::logName)
                                        .distinct(),
                                Stream.of("ACCOUNT_CREATED", "ACCOUNT_ENABLED", "PASSWORD_RESET"),
                                Stream.of("CLIENT_CREATED", "CLIENT_CHANGED", "CLIENT_DELETED"),
                                Stream.of("TOKEN_KEY_ROTATED", "TOKEN_KEY_DROPPED"),
                                Stream.of("OTHER"))
                        .flatMap(names -> names)
                        .toList());
    }
}
