package io.portcullis.core.r2dbc;

import java.util.HashSet;
import java.util.Set;

/** Remembers values, so that each is reported once. A table may have any number of values, so at most a hundred are kept. Thread-safe. */
final class DistinctValues {
    private static final int MAX = 100;

    private final Set<String> values = new HashSet<>();

    /** Returns whether the value is new; false for every value once a hundred are kept. */
    synchronized boolean add(String value) {
        return values.size() < MAX && values.add(value);
    }
}
