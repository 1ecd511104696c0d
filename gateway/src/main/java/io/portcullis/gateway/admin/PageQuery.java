package io.portcullis.gateway.admin;

import io.portcullis.core.paging.PageRequest;
import org.jspecify.annotations.Nullable;

/** Reads {@code pageNo} and {@code pageSize}. */
final class PageQuery {
    private static final int DEFAULT_SIZE = 10;

    private PageQuery() {}

    static PageRequest of(@Nullable Integer pageNo, @Nullable Integer pageSize) {
        return new PageRequest(pageNo == null ? 1 : pageNo, pageSize == null ? DEFAULT_SIZE : pageSize);
    }
}
