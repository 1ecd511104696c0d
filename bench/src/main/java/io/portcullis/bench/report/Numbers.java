package io.portcullis.bench.report;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** Computes medians and formats figures. */
public final class Numbers {
    private Numbers() {}

    /** Returns the median of the finite values, NaN if there are none. */
    public static double median(DoubleStream values) {
        double[] sorted = values.filter(Double::isFinite).sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the value below or at which this part of the values is, NaN if there are none. */
    public static double percentile(DoubleStream values, int percent) {
        double[] sorted = values.sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) * percent / 100];
    }

    /** Formats a value, or returns a dash if it is not finite. */
    public static String format(double value, int digits) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "-";
    }
}
