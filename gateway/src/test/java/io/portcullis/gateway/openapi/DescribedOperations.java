package io.portcullis.gateway.openapi;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The names of the described operations, such as {@code GET /system/auth/me}. */
public final class DescribedOperations {
    private DescribedOperations() {}

    /** Returns the names of all described operations. */
    public static Set<String> names() {
        return ApiDescription.read().operations().stream()
                .map(operation -> operation.method().toUpperCase(Locale.ROOT) + " " + operation.path())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the name of the operation that describes a handler with this method and pattern. */
    public static String nameOf(String method, String pattern) {
        return method + " " + ApiDescription.pathOfHandler(pattern.replace("{*", "{"));
    }
}
