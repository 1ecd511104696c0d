package io.portcullis.gateway.admin;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.problem.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * A request for a page, from the query parameters {@code pageNo} (default 1), {@code pageSize} (default 10) and {@code after}.
 *
 * @param filters the list and its filters; {@code after} is accepted only with the filters that its page had
 */
record PageQuery(PageRequest request, Record filters) {
    private static final int DEFAULT_SIZE = 10;

    static PageQuery of(@Nullable String pageNo, @Nullable String pageSize, @Nullable String after, Record filters) {
        int size = number("pageSize", pageSize, DEFAULT_SIZE);
        if (after == null || after.isEmpty()) {
            return new PageQuery(new PageRequest(number("pageNo", pageNo, 1), size), filters);
        }
        if (pageNo != null && !pageNo.isEmpty()) {
            throw RequestFields.invalidField("after", "without pageNo: a page is selected by one of them");
        }
        return new PageQuery(new PageRequest(1, size, CursorText.parse(after, filters)), filters);
    }

    /** Returns the response with the page. */
    <T> Envelope<PageBody<T>> answer(Page<T> page) {
        String next = page.next() == null ? null : CursorText.of(page.next(), filters);
        return Envelope.of(
                new PageBody<>(page.list(), page.total(), page.counted().more(), next));
    }

    private static int number(String name, @Nullable String value, int defaultValue) {
        Long number = QueryParameters.number(name, value, "a whole number of at most 18 digits, in digits alone");
        if (number != null && number > Integer.MAX_VALUE) {
            throw RequestFields.invalidField(name, "a smaller number");
        }
        return number == null ? defaultValue : number.intValue();
    }
}
