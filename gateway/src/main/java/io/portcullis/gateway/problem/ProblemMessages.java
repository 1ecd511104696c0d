package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import java.util.List;
import java.util.Locale;
import org.springframework.context.support.ResourceBundleMessageSource;

/** Provides the message of each error code in English ({@code messages.properties}) and Chinese. */
final class ProblemMessages {
    private static final List<Locale> LOCALES = List.of(Locale.ENGLISH, Locale.SIMPLIFIED_CHINESE);
    private final ResourceBundleMessageSource source = new ResourceBundleMessageSource();

    ProblemMessages() {
        source.setBasename("messages");
        source.setDefaultEncoding("UTF-8");
        source.setFallbackToSystemLocale(false);
        // Loads both bundles now, because loading blocks and later calls run on event loops.
        LOCALES.forEach(locale -> get(ErrorCode.INTERNAL_ERROR, locale));
    }

    String get(ErrorCode code, Locale locale) {
        return source.getMessage(code.name(), null, locale);
    }
}
