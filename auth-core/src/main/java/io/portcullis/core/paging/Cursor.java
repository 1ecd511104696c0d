package io.portcullis.core.paging;

import java.time.Instant;

/**
 * A position in a list that is ordered by time and id, newest first. The page after the cursor begins with the newest element
 * that is older than {@code at}, or as old and with a smaller id.
 *
 * @param at the time of the last element before the position
 * @param id the id of that element; empty if the position is behind every element of that time
 * @param counted the number of elements that was counted for the first page of the list
 */
public record Cursor(Instant at, String id, Counted counted) {}
