package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIRequestContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.RequestOptions;
import io.portcullis.clients.BrowserFixture.Mode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of one tab in Chromium, while another tab refreshes and ends the session. */
@ExtendWith(ChromiumExtension.class)
class ChromiumStreamIT {
    private static final String LOGGED_OUT = "1002000020";
    private static final String KICKED = "1002000021";
    private static final String REPLACED = "1002000022";

    private final BrowserFixture fixture;
    /** The statuses of the responses to the tab's event stream, the first one and those after its end. */
    private final List<Integer> eventStatuses = new CopyOnWriteArrayList<>();

    ChromiumStreamIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    private static void openSocketAndDownload(Page tab) {
        assertThat(tab.evaluate("openSocket(`ws://${location.host}/api/ws`)")).isEqualTo("open");
        tab.evaluate("() => { openDownload('/api/events?of=fetch'); }");
        tab.waitForFunction("() => download.received > 0");
    }

    private void openEvents(Page tab) {
        tab.onResponse(response -> {
            if (response.url().endsWith("/api/events?of=EventSource")) {
                eventStatuses.add(response.status());
            }
        });
        tab.evaluate("openEvents('/api/events?of=EventSource')");
        tab.waitForFunction("() => events.received > 0");
    }

    private static void assertOpen(Page tab) {
        assertThat(tab.evaluate("echo('hello')")).isEqualTo("hello");
        Map<?, ?> events = BrowserUser.call(tab, "events");
        assertThat(events.get("opened")).isEqualTo(1);
        assertThat(events.get("failed")).isEqualTo(0);
        tab.waitForFunction("count => events.received > count", events.get("received"));
        tab.waitForFunction("count => download.received > count", tab.evaluate("download.received"));
    }

    /** Waits for the end of the streams, and returns when the socket was closed, in epoch milliseconds. */
    private static double assertSocketClosed(Page tab, String reason) {
        tab.waitForFunction("() => socketClose !== null && download.end !== null");
        Map<?, ?> close = BrowserUser.call(tab, "socketClose");
        assertThat(close.get("code")).isEqualTo(1008);
        assertThat(close.get("reason")).isEqualTo(reason);
        // A body that the gateway cut must not look complete.
        assertThat(tab.evaluate("download.end")).isEqualTo("TypeError");
        return time(close);
    }

    private static double time(Map<?, ?> event) {
        return Double.parseDouble(String.valueOf(event.get("at")));
    }

    private void assertEventsOver(Page tab) {
        tab.waitForFunction("() => events.over");
        assertThat(eventStatuses).containsExactly(200, 401);
    }

    private void refreshInAnotherTab(BrowserUser user, Page tab) {
        tab.evaluate("startCalls()");
        user.awaitRefreshes(tab, 3);
        tab.evaluate("stopCalls()");
    }

    @ParameterizedTest
    @EnumSource(names = {"ON", "ONLY"})
    void streamsWhenAnotherTabLogsOutThenTheyEnd(Mode mode) {
        try (BrowserUser user = fixture.newUser(mode)) {
            Page one = user.openLoggedInTab();
            Page two = user.openTab();
            openSocketAndDownload(one);
            openEvents(one);
            refreshInAnotherTab(user, two);
            assertOpen(one);

            Map<?, ?> answer = BrowserUser.call(two, "logout()");

            assertThat(answer.get("status")).isEqualTo(200);
            double closed = assertSocketClosed(one, LOGGED_OUT);
            System.out.printf(
                    "Chromium, cookies %s: the socket of the other tab was closed %.0f ms after the answer of the logout%n",
                    mode, closed - time(answer));
            assertEventsOver(one);
            assertThat(user.gatewayCookies()).isEmpty();
            // The answer of the logout cleared the cookies of both tabs, so no call can name the session any more.
            assertRefused(one, "\"code\":401,");
        }
    }

    private static void assertRefused(Page tab, String code) {
        Map<?, ?> answer = BrowserUser.call(tab, "call('/api/data')");
        assertThat(answer.get("status")).isEqualTo(401);
        assertThat(answer.get("body")).asString().contains(code);
    }

    @Test
    void streamsWhenAnAdministratorEndsTheSessionThenTheyEndAndTheNextCallSaysWhy() {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page tab = user.openTab();
            String session = BrowserUser.login(tab).replaceFirst(".*\"sessionId\":\"([^\"]+)\".*", "$1");
            openSocketAndDownload(tab);

            kick(session);

            assertSocketClosed(tab, KICKED);
            assertRefused(tab, "\"code\":" + KICKED);
            assertThat(user.gatewayCookies()).isEmpty();
        }
    }

    /** Ends a session by a program that is no browser. */
    private void kick(String session) {
        APIRequestContext program = fixture.programOf(Mode.ON);
        String token = program.post(
                        "/system/auth/login",
                        RequestOptions.create()
                                .setData(Map.of("username", Installation.ADMIN, "password", Installation.PASSWORD)))
                .text()
                .replaceFirst(".*\"accessToken\":\"([^\"]+)\".*", "$1");
        int status = program.delete(
                        "/system/session/" + session,
                        RequestOptions.create().setHeader("Authorization", "Bearer " + token))
                .status();
        program.dispose();
        assertThat(status).isEqualTo(200);
    }

    @Test
    void streamsWhenAnotherTabLogsInAnewThenTheyEndAsReplaced() {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page one = user.openLoggedInTab();
            Page two = user.openTab();
            openSocketAndDownload(one);
            openEvents(one);

            BrowserUser.login(two);

            assertSocketClosed(one, REPLACED);
            // The event stream connects again by itself after 3 s, with the cookies of the new session. An attempt
            // before the answer of the login would be 401, which ends an EventSource.
            one.waitForFunction("() => events.opened === 2");
            assertThat(BrowserUser.call(one, "call('/api/data')").get("status")).isEqualTo(200);
            assertThat(eventStatuses).containsExactly(200, 200);
        }
    }
}
