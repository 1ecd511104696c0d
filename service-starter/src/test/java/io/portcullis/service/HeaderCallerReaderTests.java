package io.portcullis.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.security.authentication.BadCredentialsException;

class HeaderCallerReaderTests {
    private final CallerReader reader = new HeaderCallerReader();

    private PortcullisUser read(Map<String, String> headers) {
        return Objects.requireNonNull(
                        reader.read(name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of()))
                .getPrincipal();
    }

    @Test
    void readWhenTheHeadersAreEncodedThenTheCallerWithTheDecodedValues() {
        assertThat(read(Map.of(
                        "X-User-Id", "4711",
                        "X-User-Name", "%C3%A4lice%20a+b%2C%25",
                        "X-User-Roles", "editor,a%2Cb,r%C3%B6le",
                        "X-Session-Id", "s",
                        "X-Tenant-Id", "t%201")))
                .isEqualTo(new PortcullisUser("4711", "älice a+b,%", Set.of("editor", "a,b", "röle"), "s", "t 1"));
    }

    @Test
    void readWhenThereAreNoRolesThenACallerWithoutRoles() {
        var headers = Map.of("X-User-Id", "1", "X-User-Name", "a", "X-User-Roles", "", "X-Session-Id", "s");

        assertThat(read(headers)).isEqualTo(new PortcullisUser("1", "a", Set.of(), "s", null));
    }

    @Test
    void readWhenThereIsNoUserThenNoCaller() {
        assertThat(reader.read(name -> name.equals("X-Identity-Token") ? List.of("x") : List.of()))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"'',a,s", "%zz,a,s", "1,%,s", "1,' ',s", "1,a,''", "%4,a,s"})
    void readWhenAValueIsMalformedThenRefused(String id, String name, String session) {
        var headers = Map.of("X-User-Id", id, "X-User-Name", name, "X-Session-Id", session);

        assertThatExceptionOfType(BadCredentialsException.class).isThrownBy(() -> read(headers));
    }

    @Test
    void readWhenAHeaderIsMissingOrDoubledThenRefused() {
        assertThatExceptionOfType(BadCredentialsException.class).isThrownBy(() -> read(Map.of("X-User-Id", "1")));
        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(() -> reader.read(name -> List.of("1", "2")));
    }
}
