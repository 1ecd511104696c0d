package io.portcullis.bench.scenario;

/**
 * How loads are run.
 *
 * @param rounds of each case
 * @param seconds that each subject is loaded in a round
 * @param connections where a case does not say
 * @param wrkThreads of the load driver
 * @param warmUp requests that each subject gets before it is measured
 * @param maxTokens most tokens that are made live
 */
public record Settings(int rounds, int seconds, int connections, int wrkThreads, int warmUp, int maxTokens) {
    public Settings {
        if (rounds < 1 || seconds < 1 || connections < 1 || wrkThreads < 1 || warmUp < 0 || maxTokens < 1) {
            throw new IllegalArgumentException("rounds, seconds, connections, threads, tokens: expected 1 or more");
        }
    }
}
