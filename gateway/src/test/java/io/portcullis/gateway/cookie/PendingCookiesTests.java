package io.portcullis.gateway.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class PendingCookiesTests {
    private final PendingCookies pending = new PendingCookies(Duration.ofHours(1));

    @Test
    void awaitSentWhenResponsesAreAboutToBeSentThenWaitsForEach() {
        PendingCookies.Response first = pending.of("session");
        PendingCookies.Response second = pending.of("session");
        first.begin();
        second.begin();

        CompletableFuture<Void> sent = pending.awaitSent("session").toFuture();
        first.end();
        assertThat(sent).isNotDone();
        second.end();
        assertThat(sent).isCompleted();
    }

    @Test
    void awaitSentWhenNoResponseOfTheSessionIsAboutToBeSentThenAtOnce() {
        pending.of("other").begin();
        PendingCookies.Response sent = pending.of("session");
        sent.begin();
        sent.end();

        assertThat(pending.awaitSent("session").toFuture()).isCompleted();
    }

    @Test
    void awaitSentWhenAResponseIsNeverSentThenNotForEver() {
        var limited = new PendingCookies(Duration.ofMillis(1));
        limited.of("session").begin();

        StepVerifier.create(limited.awaitSent("session")).expectComplete().verify(Duration.ofSeconds(60));
    }
}
