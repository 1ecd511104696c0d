package io.portcullis.core.r2dbc;

/**
 * The work that one page may cost the database, whatever its filters are. See docs/adr/0027.
 *
 * @param counted the number of elements at which the count of a list stops
 * @param entries the number of index entries that a statement may read if the index holds all the columns that it compares
 * @param rows the number of rows that a statement may look up
 */
record PageLimits(int counted, int entries, int rows) {
    static final PageLimits DEFAULT = new PageLimits(10_000, 20_000, 4_000);
}
