package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.junit.jupiter.api.Test;

class StoreFailuresTests {
    @Test
    void translateWhenTheDriverSaysThatItsConnectionClosedThenUnavailable() {
        var closed = new IllegalStateException("Request queue was disposed");
        closed.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("io.asyncer.r2dbc.mysql.client.RequestQueue", "submit", "RequestQueue.java", 1)
        });

        assertThat(StoreFailures.translate(closed))
                .isInstanceOfSatisfying(
                        PortcullisException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void translateWhenADefectThenStaysWhatItIs() {
        var defect = new IllegalStateException("defect");

        assertThat(StoreFailures.translate(defect)).isSameAs(defect);
    }
}
