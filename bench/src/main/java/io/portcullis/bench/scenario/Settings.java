package io.portcullis.bench.scenario;

import java.util.List;

/**
 * How loads are run.
 *
 * @param rounds of each case
 * @param seconds that each subject is loaded in a round
 * @param connections where a case does not say
 * @param wrkThreads of the load driver
 * @param warmUp requests that each subject gets before it is measured
 * @param maxTokens most tokens that are made live
 * @param starts of each subject, where starts are measured
 * @param flagSets of the JVM, each a line of them, that Portcullis is compared under
 */
public record Settings(
        int rounds,
        int seconds,
        int connections,
        int wrkThreads,
        int warmUp,
        int maxTokens,
        int starts,
        List<String> flagSets) {
    public Settings {
        flagSets = List.copyOf(flagSets);
        if (rounds < 1
                || seconds < 1
                || connections < 1
                || wrkThreads < 1
                || warmUp < 0
                || maxTokens < 1
                || starts < 1) {
            throw new IllegalArgumentException(
                    "rounds, seconds, connections, threads, max-tokens, starts: expected 1 or more");
        }
    }
}
