package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormalisedTargetTests {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/a /a",
                "/a?a&&b&=x /a?a&&b&=x",
                "/a?a={|}^` /a?a=%7B%7C%7D%5E%60",
                "/a?<\\> /a?%3C%5C%3E",
                "/a?a=[] /a?a=[]",
                "/[a] /%5Ba%5D",
                "/\u00c3\u00a9?\u00c3\u00a9 /%C3%A9?%C3%A9",
                "/%41?%41%c3%a9 /%41?%41%c3%a9",
                "/a?100%&%z&%4 /a?100%25&%25z&%254",
                "http://h/a?b /a?b",
                "HTTP://h:80?b /?b",
                "https://h /"
            })
    void ofWhenItHasAFormThenEncoded(String text, String target) {
        NormalisedTarget form = NormalisedTarget.of(text);

        assertThat(form.refusal()).isNull();
        assertThat(form.target()).isEqualTo(target);
        assertThat(form.authority() != null).isEqualTo(!text.startsWith("/"));
        assertThat(NormalisedTarget.of(target).target()).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "a",
                "?a",
                "/%",
                "/%4",
                "/%zz",
                "/a b",
                "/\u0000",
                "/\u007f",
                "ftp://h/",
                "http:/a",
                "/\u0100"
            })
    void ofWhenItHasNoneThenRefused(String text) {
        assertThat(NormalisedTarget.of(text).refusal()).isEqualTo(Refusal.BAD_TARGET);
    }

    @Test
    void ofWhenThereIsAFragmentOrABadAuthorityThenRefused() {
        assertThat(NormalisedTarget.of("/a#").refusal()).isEqualTo(Refusal.FRAGMENT);
        assertThat(NormalisedTarget.of("http://a@b/").refusal()).isEqualTo(Refusal.BAD_HOST);
        assertThat(NormalisedTarget.of("http:///a").refusal()).isEqualTo(Refusal.BAD_HOST);
    }

    @ParameterizedTest
    @CsvSource({
        "a,true",
        "a-b.c_d.,true",
        "a:1,true",
        "a:65535,true",
        "1.2.3.4:80,true",
        "[::1],true",
        "[2001:db8::1]:8080,true",
        "'',false",
        ".a,false",
        "a:,false",
        "a:0,false",
        "a:65536,false",
        "a:+1,false",
        "a:1:2,false",
        "[::1,false",
        "[],false",
        "[1.2.3.4],false",
        "[fe80::1%251],false",
        "[::1]a,false",
        "a@b,false",
        "a%41,false"
    })
    void isValidWhenAHostIsGivenThenByItsForm(String host, boolean valid) {
        assertThat(HostField.isValid(host)).isEqualTo(valid);
    }
}
