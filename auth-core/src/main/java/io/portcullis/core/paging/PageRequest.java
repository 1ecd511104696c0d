package io.portcullis.core.paging;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;

/**
 * Selects a page of a list. The constructor throws {@code BAD_REQUEST} for a value out of range.
 *
 * @param pageNo the number of the page, from 1 to 1,000,000
 * @param pageSize the number of elements per page, from 1 to 200
 */
public record PageRequest(int pageNo, int pageSize) {
    private static final int MAX_PAGE_NO = 1_000_000;
    private static final int MAX_PAGE_SIZE = 200;

    public PageRequest {
        if (pageNo < 1 || pageNo > MAX_PAGE_NO) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST, "pageNo: " + pageNo + " (expected: 1 to " + MAX_PAGE_NO + ")");
        }
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST, "pageSize: " + pageSize + " (expected: 1 to " + MAX_PAGE_SIZE + ")");
        }
    }

    /** Returns the number of elements before the page. */
    public long offset() {
        return (long) (pageNo - 1) * pageSize;
    }
}
