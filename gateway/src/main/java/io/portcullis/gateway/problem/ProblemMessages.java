package io.portcullis.gateway.problem;

import io.portcullis.core.error.ErrorCode;
import java.util.List;
import java.util.Locale;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.http.HttpHeaders;

/** The messages of the error codes, from {@code messages.properties} (English) and its Chinese translation. */
final class ProblemMessages {
    private static final List<Locale> LOCALES = List.of(Locale.ENGLISH, Locale.SIMPLIFIED_CHINESE);
    private final ResourceBundleMessageSource source = new ResourceBundleMessageSource();

    ProblemMessages() {
        source.setBasename("messages");
        source.setDefaultEncoding("UTF-8");
        source.setFallbackToSystemLocale(false);
        // Loads the bundles now, since loading blocks and requests run on event loops.
        LOCALES.forEach(locale -> get(ErrorCode.INTERNAL_ERROR, locale));
    }

    String get(ErrorCode code, Locale locale) {
        return source.getMessage(code.name(), null, locale);
    }

    /** The first language of {@code Accept-Language} that there are messages in; English if there is none. */
    static Locale locale(List<String> acceptLanguage) {
        if (acceptLanguage.isEmpty()) {
            return Locale.ENGLISH;
        }
        return accepted(acceptLanguage).stream()
                .map(range -> Locale.forLanguageTag(range.getRange()).getLanguage())
                .filter(language -> language.equals("en") || language.equals("zh"))
                .findFirst()
                .map(language -> language.equals("zh") ? Locale.SIMPLIFIED_CHINESE : Locale.ENGLISH)
                .orElse(Locale.ENGLISH);
    }

    private static List<Locale.LanguageRange> accepted(List<String> acceptLanguage) {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(HttpHeaders.ACCEPT_LANGUAGE, acceptLanguage);
        try {
            return headers.getAcceptLanguage();
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }
}
