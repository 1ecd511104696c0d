package io.portcullis.migrate;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Prints one line for each thing that is imported, skipped or undone, and counts them. No line has a token, secret or hash. */
final class Report {
    private final PrintStream out;
    private final boolean dryRun;
    private final Map<String, Integer> counts = new TreeMap<>();

    Report(PrintStream out, boolean dryRun) {
        this.out = out;
        this.dryRun = dryRun;
    }

    /** Reports something that is done, or that would be done in a dry run. */
    void done(String action, Object what, String detail) {
        line((dryRun ? "would " : "") + action, what, detail);
    }

    /** Reports something that is left as it is, and why. */
    void skipped(Object what, String reason) {
        line("skip", what, reason);
    }

    /** Reports something that an undo leaves, and why. */
    void kept(Object what, String reason) {
        line("keep", what, reason);
    }

    /** Counts what an earlier run has done, without a line. */
    void unchanged(ImportPart part) {
        count("unchanged " + part.name().toLowerCase(Locale.ROOT));
    }

    private void line(String action, Object what, String detail) {
        count(action + " " + String.valueOf(what).replaceFirst(" .*", ""));
        out.println(printable(action + " " + what + (detail.isEmpty() ? "" : ": " + detail)));
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** Replaces control characters, because names come from another system and the line may be read on a terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{C}", "?");
    }

    /** Returns how often this was reported, such as {@code import account}. */
    int countOf(String action, String kind) {
        return counts.getOrDefault(action + " " + kind, 0);
    }

    /** Prints the counts. */
    void summary() {
        out.println();
        out.println(counts.isEmpty() ? "Nothing to do." : "Total:");
        counts.forEach((what, number) -> out.println("  " + what + ": " + number));
        if (dryRun) {
            out.println("Nothing was written. Run with 'apply' to do it.");
        }
    }
}
