package io.portcullis.clients;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A user with a browser profile: tabs that share cookies. The scripts of the pages are in {@code browser/app.js}. */
final class BrowserUser implements AutoCloseable {
    static final String ACCESS = "__Host-portcullis_access";
    static final String REFRESH = "__Host-portcullis_refresh";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PAUSE_MILLIS = 50;

    private final BrowserContext context;
    private final String origin;

    BrowserUser(BrowserContext context, String origin) {
        this.context = context;
        this.origin = origin;
        context.setDefaultTimeout((double) LIMIT.toMillis());
    }

    BrowserContext context() {
        return context;
    }

    /** Opens the page of the gateway's origin in a new tab. */
    Page openTab() {
        return openTab(origin);
    }

    /** Opens the page of another origin in a new tab. */
    Page openTab(String origin) {
        Page tab = context.newPage();
        tab.navigate(origin + "/pages/app");
        return tab;
    }

    /** Opens the page in a new tab, and logs in there. */
    Page openLoggedInTab() {
        Page tab = openTab();
        login(tab);
        return tab;
    }

    /** Logs in by a script of the page, and returns the body of the response. */
    static String login(Page tab) {
        Map<?, ?> response = call(tab, "login('%s', '%s')".formatted(Installation.ADMIN, Installation.PASSWORD));
        if (!Objects.equals(response.get("status"), 200)) {
            throw new AssertionError(response);
        }
        return String.valueOf(response.get("body"));
    }

    /** Evaluates an expression whose value is an object, or the promise of one. */
    static Map<?, ?> call(Page tab, String expression) {
        return (Map<?, ?>) tab.evaluate(expression);
    }

    /** Returns the cookies of the gateway that the browser holds. */
    List<Cookie> gatewayCookies() {
        return context.cookies().stream()
                .filter(cookie -> cookie.name.contains("portcullis"))
                .toList();
    }

    private boolean holds(String name) {
        return gatewayCookies().stream().anyMatch(cookie -> cookie.name.equals(name));
    }

    /** Waits until the browser has dropped the access cookie, which lives as long as the token. */
    void awaitExpiry(Page tab) {
        await(tab, () -> !holds(ACCESS));
    }

    /** Waits until the browser has received so many further refresh tokens. */
    void awaitRefreshes(Page tab, int count) {
        Set<String> values = new HashSet<>();
        await(tab, () -> {
            gatewayCookies().stream()
                    .filter(cookie -> cookie.name.equals(REFRESH))
                    .forEach(cookie -> values.add(cookie.value));
            return values.size() > count;
        });
    }

    /** Waits for a condition, and lets the browser's events arrive meanwhile. */
    static void await(Page tab, BooleanSupplier condition) {
        Await.until("the condition is met", LIMIT, () -> {
            tab.waitForTimeout(PAUSE_MILLIS);
            return condition.getAsBoolean();
        });
    }

    @Override
    public void close() {
        context.close();
    }
}
