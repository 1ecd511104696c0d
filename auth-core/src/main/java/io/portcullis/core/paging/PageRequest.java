package io.portcullis.core.paging;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.jspecify.annotations.Nullable;

/**
 * Selects a page of a list, by number or by the position after the page before it. The constructor throws {@code BAD_REQUEST}
 * for a value out of range.
 *
 * @param pageNo the number of the page, from 1 to 1,000,000; 1 if {@code after} is given
 * @param pageSize the number of elements per page, from 1 to 200
 * @param after the position after which the page begins; null selects the page by its number
 */
public record PageRequest(
        int pageNo, int pageSize, @Nullable Cursor after) {
    private static final int MAX_PAGE_NO = 1_000_000;
    private static final int MAX_PAGE_SIZE = 200;

    public PageRequest {
        if (pageNo < 1 || pageNo > MAX_PAGE_NO) {
            throw refusal("pageNo: " + pageNo + " (expected: 1 to " + MAX_PAGE_NO + ")");
        }
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw refusal("pageSize: " + pageSize + " (expected: 1 to " + MAX_PAGE_SIZE + ")");
        }
        if (after != null && pageNo != 1) {
            throw refusal("pageNo: " + pageNo + " (expected: either pageNo or after, not both)");
        }
    }

    /** Selects a page by its number. */
    public PageRequest(int pageNo, int pageSize) {
        this(pageNo, pageSize, null);
    }

    /** Returns the number of elements between the position, or the beginning of the list, and the page. */
    public int offset() {
        return Math.multiplyExact(pageNo - 1, pageSize);
    }

    /**
     * Verifies that the page is within the counted elements, if the list may have more of them: a page by number costs the more,
     * the higher the number is.
     *
     * @throws PortcullisException {@code BAD_REQUEST} if it is not
     */
    public void requireWithin(Counted counted) {
        if (offset() > 0 && counted.more() && offset() >= counted.total()) {
            long last = (counted.total() + pageSize - 1) / pageSize;
            throw refusal("pageNo: " + pageNo + " (expected: 1 to " + Math.max(1, last) + ", because " + counted.total()
                    + " elements were counted; add a filter, or pass the next of a page as after)");
        }
    }

    private static PortcullisException refusal(String message) {
        return PortcullisException.of(ErrorCode.BAD_REQUEST, message);
    }
}
