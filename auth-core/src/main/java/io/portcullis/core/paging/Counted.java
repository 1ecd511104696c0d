package io.portcullis.core.paging;

/**
 * The number of elements of a list, counted up to a limit.
 *
 * @param total the number of elements that were counted
 * @param more whether the count stopped at a limit, so that the list may have more elements than {@code total}
 */
public record Counted(long total, boolean more) {}
