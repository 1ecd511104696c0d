package io.portcullis.bench.scenario;

import java.util.List;

/**
 * The settings of loads.
 *
 * @param rounds the number of rounds of each case
 * @param seconds the duration of the load on each subject in a round
 * @param connections the number of connections, unless the case defines it
 * @param wrkThreads the number of threads of wrk
 * @param warmUp the number of warm-up requests for each subject
 * @param maxTokens the largest number of live tokens
 * @param starts the number of measured starts of each subject
 * @param sessions the number of sessions of the scenarios admin and soak
 * @param logRows the number of log rows of the scenario admin
 * @param tokenUses the number of token uses of the scenario admin
 * @param ledgerEntries the largest number of entries of the ledger, for the scenario replay
 * @param soakSeconds the duration of the scenario soak
 * @param rate the calls per second of the scenario soak
 * @param flagSets the sets of JVM flags under which Portcullis is compared
 */
public record Settings(
        int rounds,
        int seconds,
        int connections,
        int wrkThreads,
        int warmUp,
        int maxTokens,
        int starts,
        int sessions,
        int logRows,
        int tokenUses,
        int ledgerEntries,
        int soakSeconds,
        int rate,
        List<String> flagSets) {
    public Settings {
        flagSets = List.copyOf(flagSets);
        if (rounds < 1
                || seconds < 1
                || connections < 1
                || wrkThreads < 1
                || warmUp < 0
                || maxTokens < 1
                || starts < 1
                || sessions < 1_000
                || logRows < 1_000
                || tokenUses < 1_000
                || ledgerEntries < 1_000
                || soakSeconds < 1
                || rate < 1) {
            throw new IllegalArgumentException(
                    "rounds, seconds, connections, threads, max-tokens, starts, soak-seconds, rate: expected 1 or more;"
                            + " sessions, log-rows, token-uses, ledger-entries: expected 1000 or more");
        }
    }
}
