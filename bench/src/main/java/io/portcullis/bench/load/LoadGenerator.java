package io.portcullis.bench.load;

/** A program that applies a load to a server and measures the responses. */
@FunctionalInterface
public interface LoadGenerator {
    /**
     * Sends the load for the given number of seconds. Blocks until the program has ended.
     *
     * @param origin the scheme, host and port of the server, such as {@code http://127.0.0.1:8080}
     * @throws IllegalArgumentException if the program printed no result; the message contains its output
     */
    LoadResult run(Load load, String origin, int seconds);
}
