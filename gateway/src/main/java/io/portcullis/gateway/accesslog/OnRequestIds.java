package io.portcullis.gateway.accesslog;

import java.util.List;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Matches if requests get an id: for the access log, or for structured logs. */
class OnRequestIds implements Condition {
    private static final List<String> FORMATS =
            List.of("logging.structured.format.console", "logging.structured.format.file");

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        return environment.getProperty("portcullis.access-log.enabled", Boolean.class, false)
                || isStructured(environment);
    }

    private static boolean isStructured(Environment environment) {
        return FORMATS.stream().anyMatch(name -> StringUtils.hasText(environment.getProperty(name)));
    }

    /** Matches for structured logs alone. */
    static final class Structured implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isStructured(context.getEnvironment());
        }
    }
}
