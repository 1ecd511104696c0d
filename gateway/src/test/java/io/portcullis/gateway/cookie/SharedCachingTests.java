package io.portcullis.gateway.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedCachingTests {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | private",
                "max-age=60 | max-age=60, private",
                "no-cache | no-cache, private",
                "proxy-revalidate | proxy-revalidate, private",
                "private=\"set-cookie\" | private=\"set-cookie\", private",
                "publicity, s-maxagex=1 | publicity, s-maxagex=1, private"
            })
    void restrictedWhenTheServiceLeavesSharedCachesOpenThenPrivate(String given, String restricted) {
        assertThat(SharedCaching.restricted(List.of(given))).isEqualTo(restricted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public",
                "PUBLIC",
                "max-age=1,  Public",
                "s-maxage=1",
                "S-MaxAge=0",
                "must-revalidate",
                "private",
                "max-age=60,private",
                "no-store"
            })
    void restrictedWhenTheServiceHasDecidedThenUnchanged(String given) {
        assertThat(SharedCaching.restricted(List.of(given))).isNull();
        assertThat(SharedCaching.restricted(List.of("max-age=60", given))).isNull();
    }

    @Test
    void restrictedWhenThereAreNoneOrSeveralLinesThenOneLine() {
        assertThat(SharedCaching.restricted(List.of())).isEqualTo("private");
        assertThat(SharedCaching.restricted(List.of("max-age=60", "no-transform")))
                .isEqualTo("max-age=60, no-transform, private");
    }
}
