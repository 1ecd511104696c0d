package io.portcullis.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PropertiesTests {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(PortcullisServiceAutoConfiguration.class);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jwk-set-uri=                     | portcullis.service.jwk-set-uri: null (expected: the address",
                "jwk-set-uri=gateway              | portcullis.service.jwk-set-uri: gateway (expected:",
                "jwk-set-uri=file:///etc/passwd   | portcullis.service.jwk-set-uri: file:",
                "audience=                        | portcullis.service.audience: [] (expected: the ids",
                "issuer=                          | portcullis.service.issuer: empty (expected:",
                "clock-skew=1h                    | portcullis.service.clock-skew: PT1H (expected: 0s to 5m",
                "open-paths=health                | portcullis.service.open-paths: health (expected:",
                "mode=both                        | portcullis.service.mode"
            })
    void startWhenAPropertyIsWrongThenSaysWhatToWrite(String property, String message) {
        runner.withPropertyValues(
                        "portcullis.service.jwk-set-uri=http://gateway:8080/.well-known/jwks.json",
                        "portcullis.service.audience=orders",
                        "portcullis.service." + property)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .message()
                        .contains(message.strip().replace("portcullis.service.mode", "Mode")));
    }

    @ParameterizedTest
    @CsvSource({"HeaderCallerReader, mode=headers", "TokenCallerReader, audience=orders"})
    void startWhenThePropertiesAreRightThenReadsAsTheySay(String reader, String property) {
        runner.withPropertyValues(
                        "portcullis.service.jwk-set-uri=https://gateway/.well-known/jwks.json",
                        "portcullis.service." + property)
                .run(context -> assertThat(
                                context.getBean(CallerReader.class).getClass().getSimpleName())
                        .isEqualTo(reader));
    }
}
