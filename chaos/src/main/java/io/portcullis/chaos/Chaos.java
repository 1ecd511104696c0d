package io.portcullis.chaos;

/** The command line. Ends with 0 when nothing was violated, 1 when something was, 2 when the command line is wrong. */
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
