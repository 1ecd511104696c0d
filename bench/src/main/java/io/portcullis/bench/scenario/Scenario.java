package io.portcullis.bench.scenario;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scenarios that {@code --scenarios} accepts. */
public enum Scenario {
    STEADY("responses of 60 B, a thousand tokens"),
    SIZES("responses of 60 B, 10 KB and 1 MB"),
    POST("request bodies of 1 KB and 100 KB"),
    CONNECTIONS("1, 64 and 1,000 connections"),
    ROUTES("10 and 2,000 routes; requests use the last one"),
    TOKENS("10^3 to 10^6 live tokens"),
    FLOOD("401: random, expired and no tokens; long headers and paths; random methods"),
    OPEN_LOOP("latency at the same two rates for all subjects; needs h2load"),
    TLS("the steady load over TLS; the Spring gateways and nginx only"),
    LATENCY("latency that the token check adds, on one connection; Portcullis only"),
    COOKIES("the steady load with tokens in a header and in cookies; Portcullis only"),
    LOGIN("logins, refreshes and logouts per second; Portcullis only"),
    ADMIN("pages of the administration with a million sessions and ten million log rows; Portcullis only"),
    REPLAY("time and CPU until Redis is trusted again, with ledgers of several sizes; Portcullis only"),
    SOAK("a mix of calls on a million live sessions; Portcullis only"),
    START("time to ready and memory; Portcullis from the JAR, extracted, with a CDS archive, with an AOT cache"),
    FLAGS("the steady load under each of the flag sets; Portcullis only");

    private final String description;

    Scenario(String description) {
        this.description = description;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the scenario of a label.
     *
     * @throws IllegalArgumentException if there is none; the message lists all labels
     */
    public static Scenario of(String label) {
        return Stream.of(values())
                .filter(scenario -> scenario.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("scenario: " + label + ". Expected:\n" + describeAll()));
    }

    /** Returns one line for each scenario. */
    public static String describeAll() {
        return Stream.of(values())
                .map(scenario -> "  %-12s %s%n".formatted(scenario.label(), scenario.description))
                .collect(Collectors.joining());
    }
}
