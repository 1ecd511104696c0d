package io.portcullis.gateway.admin;

import io.portcullis.core.paging.PageRequest;
import io.portcullis.gateway.endpoint.RequestFields;
import org.jspecify.annotations.Nullable;

/** Converts the query parameters {@code pageNo} (default 1) and {@code pageSize} (default 10). */
final class PageQuery {
    private static final int DEFAULT_SIZE = 10;

    private PageQuery() {}

    static PageRequest of(@Nullable String pageNo, @Nullable String pageSize) {
        return new PageRequest(number("pageNo", pageNo, 1), number("pageSize", pageSize, DEFAULT_SIZE));
    }

    private static int number(String name, @Nullable String value, int defaultValue) {
        Long number = QueryParameters.number(name, value, "a whole number of at most 18 digits, in digits alone");
        if (number != null && number > Integer.MAX_VALUE) {
            throw RequestFields.invalidField(name, "a smaller number");
        }
        return number == null ? defaultValue : number.intValue();
    }
}
