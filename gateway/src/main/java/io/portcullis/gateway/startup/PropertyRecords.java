package io.portcullis.gateway.startup;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the records of properties below {@code portcullis}. */
public final class PropertyRecords {
    private static final String PREFIX = "portcullis";

    private PropertyRecords() {}

    /** Returns the types of the application's own records of properties by the names of their beans. Creates no bean. */
    public static Map<String, Class<?>> in(ListableBeanFactory beans) {
        Map<String, Class<?>> records = new LinkedHashMap<>();
        for (String name : beans.getBeanNamesForType(Record.class, false, false)) {
            Class<?> type = beans.getType(name, false);
            if (type != null && isOwn(type)) {
                records.put(name, type);
            }
        }
        return records;
    }

    private static boolean isOwn(Class<?> type) {
        var annotation = AnnotationUtils.findAnnotation(type, ConfigurationProperties.class);
        return annotation != null && annotation.prefix().startsWith(PREFIX);
    }

    /** Returns the prefix of a type that {@link #in} returned. */
    public static String prefix(Class<?> type) {
        var annotation = AnnotationUtils.findAnnotation(type, ConfigurationProperties.class);
        if (annotation == null) {
            throw new IllegalArgumentException(type + " has no prefix");
        }
        return annotation.prefix();
    }
}
