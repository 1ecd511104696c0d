package io.portcullis.gateway.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.event.DeliveryResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class SecurityEventTokenFormatTests {

    /** RFC 8935 section 2.4; the other rows are answers that break its rules. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 | {\"err\":\"invalid_request\",\"description\":\"x\"} | true  | HTTP 400 invalid_request",
                "400 | {\"err\":\"invalid_key\"}                           | false | HTTP 400 invalid_key",
                "400 | {\"err\":\"invalid_issuer\"}                        | false | HTTP 400 invalid_issuer",
                "400 | {\"err\":\"invalid_audience\"}                      | false | HTTP 400 invalid_audience",
                "400 | {\"err\":\"authentication_failed\"}                 | false | HTTP 400 authentication_failed",
                "400 | {\"err\":\"access_denied\"}                         | false | HTTP 400 access_denied",
                "400 | {\"err\":\"text of the receiver\"}                  | true  | HTTP 400",
                "400 | {\"err\":[\"invalid_key\"]}                         | true  | HTTP 400",
                "400 | {\"err\":null}                                      | true  | HTTP 400",
                "400 | [\"invalid_key\"]                                   | true  | HTTP 400",
                "400 | text of the receiver                                | true  | HTTP 400",
                "400 | ``                                                  | true  | HTTP 400",
                "401 | {\"err\":\"authentication_failed\"}                 | false | HTTP 401",
                "409 | {\"err\":\"invalid_request\"}                       | false | HTTP 409",
                "500 | ``                                                  | false | HTTP 500",
                "307 | ``                                                  | false | HTTP 307"
            })
    void failureWhenTheReceiverAnswersThenRefusedOnlyIfTheEventIsWrong(
            int status, String body, boolean refused, String failure) {
        DeliveryResult result = SecurityEventTokenFormat.failure(new JsonMapper(), status, body.getBytes(UTF_8));

        assertThat(result)
                .isEqualTo(refused ? new DeliveryResult.Refused(failure) : new DeliveryResult.Failed(failure));
    }
}
