package io.portcullis.gateway.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Represents a page in a response.
 *
 * @param total the number of elements that were counted, 10,000 at most
 * @param more whether the list may have more than {@code total} elements
 * @param next the value of {@code after} for the page after this one; null for the last page
 */
record PageBody<T>(
        List<T> list, long total, boolean more, @Nullable String next) {}
