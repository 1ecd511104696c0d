package io.portcullis.chaos;

/**
 * Runs the chaos harness from the command line. The exit code is 0 if no property was violated, 1 if one was, and 2 if the
 * command line is invalid.
 */
public final class Chaos {
    private Chaos() {}

    public static void main(String[] args) {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Summary summary = new ChaosRun(options, System.out::println).run();
        System.exit(summary.violations().isEmpty() ? 0 : 1);
    }
}
