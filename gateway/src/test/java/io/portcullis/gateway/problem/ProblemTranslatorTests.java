package io.portcullis.gateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.portcullis.core.error.ErrorCode;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

class ProblemTranslatorTests {
    @Test
    void translateWhenTheServiceDoesNotConnectInTimeThenGatewayTimeout() {
        assertThat(ProblemTranslator.translate(new ConnectTimeoutException(), true)
                        .code())
                .isEqualTo(ErrorCode.GATEWAY_TIMEOUT);
    }

    @Test
    void translateWhenTheServiceRefusesToConnectThenBadGateway() {
        assertThat(ProblemTranslator.translate(new ConnectException(), true).code())
                .isEqualTo(ErrorCode.BAD_GATEWAY);
    }
}
