package io.portcullis.bench.report;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** Medians, and how figures are written. */
public final class Numbers {
    private Numbers() {}

    /** The middle of those that are finite, NaN if there is none. */
    public static double median(DoubleStream values) {
        double[] sorted = values.filter(Double::isFinite).sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A dash for what could not be measured. */
    public static String format(double value, int digits) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "-";
    }
}
