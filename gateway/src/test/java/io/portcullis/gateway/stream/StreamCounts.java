package io.portcullis.gateway.stream;

/** Shows tests of other packages what a node has registered and counted for its streams and calls. */
public final class StreamCounts {
    private StreamCounts() {}

    /** Returns whether a session has a stream that has not ended. */
    public static boolean hasStream(OpenStreams streams, String sessionId) {
        return streams.sessions().containsKey(sessionId);
    }

    /** Returns whether no stream is registered, no session has one, and no caller or service has a call or stream counted. */
    public static boolean areZero(OpenStreams streams, OpenCalls calls) {
        return streams.count() == 0 && streams.sessions().isEmpty() && calls.isEmpty();
    }
}
