package io.portcullis.clients;

import com.microsoft.playwright.APIRequestContext;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.portcullis.clients.BrowserFixture.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the tests of the administrators' console share: the browser, and a program that calls the gateway beside the browser. */
@ExtendWith(ChromiumExtension.class)
abstract class ConsoleTestCase {
    final BrowserFixture fixture;
    final APIRequestContext program;

    ConsoleTestCase(BrowserFixture fixture) {
        this.fixture = fixture;
        this.program = fixture.programOf(Mode.OFF);
    }

    @BeforeEach
    void waitLong() {
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    }

    @AfterEach
    void dispose() {
        program.dispose();
    }

    /** Returns an administrator who has signed in, in English. */
    final ConsoleUser signedIn() {
        return ConsoleUser.signedIn(fixture, ConsoleUser.english());
    }
}
