package io.portcullis.core.error;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;

class RootCauseTests {
    @Test
    void describeWhenWrappedThenTheInnermostClassAndMessageOnOneLine() {
        var failure = PortcullisException.storeUnavailable(
                "Redis", new CompletionException(new IOException("WRONGPASS invalid\r\n username-password pair.")));

        assertThat(RootCause.describe(failure)).isEqualTo("IOException: WRONGPASS invalid username-password pair");
    }

    @Test
    void describeWhenSeveralFailuresThenTheFirst() {
        var failure = new IllegalStateException(Exceptions.multiple(new TimeoutException("a"), new IOException("b")));

        assertThat(RootCause.describe(failure)).isEqualTo("TimeoutException: a");
    }

    @Test
    void describeWhenThereIsNoCauseThenTheStoreThatCannotBeUsed() {
        assertThat(RootCause.describe(PortcullisException.storeUnavailable("Redis", null)))
                .isEqualTo("Redis cannot be used");
    }

    @Test
    void describeWhenLongThenCut() {
        assertThat(RootCause.describe(new IOException("x".repeat(10_000)))).hasSizeLessThan(450);
    }

    @Test
    void findWhenWrappedThenTheOutermostOfTheType() {
        var sought = new IOException("outer", new IOException("inner"));

        assertThat(RootCause.find(new IllegalStateException(sought), IOException.class))
                .containsSame(sought);
        assertThat(RootCause.find(sought, TimeoutException.class)).isEmpty();
    }

    @Test
    void chainWhenTheCausesFormACircleThenItEnds() {
        var first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));

        assertThat(RootCause.chain(first).limit(1_000).count()).isLessThan(1_000);
        assertThat(RootCause.find(first, IOException.class)).isEmpty();
        assertThat(RootCause.isStoreFailure(first)).isFalse();
        assertThat(RootCause.of(first)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isStoreFailureWhenWrappedOrNotThenTrueAndOfADefectFalse() {
        var failure = PortcullisException.storeUnavailable("MySQL", new IOException("gone"));

        assertThat(RootCause.isStoreFailure(failure)).isTrue();
        assertThat(RootCause.isStoreFailure(new IllegalStateException("retries exhausted", failure)))
                .isTrue();
        assertThat(RootCause.isStoreFailure(new IllegalStateException("defect")))
                .isFalse();
    }

    @Test
    void describeWithStoreWhenMySqlRefusesThenStoreClassCodeStateAndMessage() {
        var failure = PortcullisException.storeUnavailable(
                "MySQL", new R2dbcPermissionDeniedException("Access denied for user 'a'", "28000", 1045));

        assertThat(RootCause.describeWithStore(failure))
                .isEqualTo("MySQL: R2dbcPermissionDeniedException: [1045] [28000] Access denied for user 'a'");
    }
}
