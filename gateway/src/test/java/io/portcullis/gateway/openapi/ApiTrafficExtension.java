package io.portcullis.gateway.openapi;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test during which an exchange with an own endpoint was not as the description says. Applies to every test of the module
 * ({@code META-INF/services}). What happens before the first test of a class is reported with that test.
 */
public final class ApiTrafficExtension implements AfterEachCallback, AfterAllCallback {
    private static final class Lazy {
        static final ApiDescription DESCRIPTION = ApiDescription.read();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check();
    }

    private static void check() {
        List<Exchange> exchanges = ApiTraffic.take();
        List<String> deviations = exchanges.isEmpty() ? List.of() : deviations(exchanges);
        if (!deviations.isEmpty()) {
            throw new AssertionError("Not as gateway/src/main/resources/openapi says (docs/openapi.md):\n"
                    + String.join("\n", deviations));
        }
    }

    private static List<String> deviations(List<Exchange> exchanges) {
        return exchanges.stream()
                .flatMap(exchange -> Lazy.DESCRIPTION.deviationsOf(exchange).stream())
                .distinct()
                .toList();
    }
}
