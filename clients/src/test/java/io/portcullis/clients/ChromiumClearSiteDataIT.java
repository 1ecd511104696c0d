package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.portcullis.clients.BrowserFixture.Mode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that ask Chromium to delete the data of the gateway's origin. */
@ExtendWith(ChromiumExtension.class)
class ChromiumClearSiteDataIT {
    private final BrowserFixture fixture;

    ChromiumClearSiteDataIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"cookies\"", "\"*\"", "\"cache\", \"cookies\", \"storage\""})
    void cookiesOfTheGatewayWhenAServiceClearsSiteDataThenTheyStay(String value) {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page tab = user.openLoggedInTab();
            String header = URLEncoder.encode(value, StandardCharsets.UTF_8);

            Map<?, ?> answer = BrowserUser.call(tab, "call('/api/head?Clear-Site-Data=%s')".formatted(header));

            assertThat(answer.get("status")).isEqualTo(200);
            assertThat(user.gatewayCookies()).extracting(cookie -> cookie.name).contains(BrowserUser.REFRESH);
            assertThat(BrowserUser.call(tab, "call('/api/data')").get("status")).isEqualTo(200);
        }
    }
}
