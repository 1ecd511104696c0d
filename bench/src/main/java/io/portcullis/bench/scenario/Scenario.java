package io.portcullis.bench.scenario;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be asked for with {@code --scenarios}. */
public enum Scenario {
    STEADY("answers of 60 B, a thousand tokens"),
    SIZES("answers of 60 B, 10 KB and 1 MB"),
    POST("request bodies of 1 KB and 100 KB"),
    CONNECTIONS("1, 64 and 1,000 connections"),
    ROUTES("10 and 2,000 routes, the last of them"),
    TOKENS("10^3 to 10^6 live tokens"),
    FLOOD("401: random, expired and no tokens; long headers and paths; random methods"),
    LATENCY("what the check adds to the time of an answer, on one connection, of Portcullis alone"),
    LOGIN("logins, refreshes and logouts per second, of Portcullis alone"),
    START("time to ready and memory: of Portcullis from the jar, extracted, with a CDS archive, with an AOT cache"),
    FLAGS("the steady load on Portcullis alone, under each of the flag sets");

    private final String description;

    Scenario(String description) {
        this.description = description;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming all there are */
    public static Scenario of(String label) {
        return Stream.of(values())
                .filter(scenario -> scenario.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(label + " is no scenario. Expected:\n" + describeAll()));
    }

    /** A line for each. */
    public static String describeAll() {
        return Stream.of(values())
                .map(scenario -> "  %-12s %s%n".formatted(scenario.label(), scenario.description))
                .collect(Collectors.joining());
    }
}
