package io.portcullis.testbed;

import java.util.List;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * The calls that BlockHound reports as blocking and that the tests of all modules allow nevertheless. Each entry is a leaf of
 * the call tree and has its reason beside it: a frame further up would hide all calls below it.
 */
public final class AllowedBlockingCalls implements BlockHoundIntegration {
    /** Runs after BlockHound's own integrations, which allow all calls inside a logger and inside {@code System.out}. */
    @Override
    public int getPriority() {
        return 1;
    }

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Reads /dev/urandom, which does not block once the system has started. TLS connections to MySQL seed from it.
        builder.allowBlockingCallsInside("sun.security.provider.NativePRNG$RandomIO", "readFully");
        // The default allocator of Netty 4.2 holds a lock for a few instructions while it returns a chunk.
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free");
        // Lettuce holds the lock of a shared connection while it increments a counter; BlockHound sees this on JDK 25.
        builder.allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "incrementWriters");
        // The queue holds a lock while it removes a timer. Reactor's integration allows this for a disposed delay, but
        // not
        // for a disposed interval. BlockHound would throw its error while the lock is being acquired, and the lock
        // would
        // be unusable afterwards.
        builder.allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove");
        disallowLogging(builder);
    }

    /** Disallows writing log lines on an event loop. An event loop may only put log events into a queue. */
    private static void disallowLogging(BlockHound.Builder builder) {
        builder.disallowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders");
        for (String method : List.of("write", "flush", "print", "println")) {
            builder.disallowBlockingCallsInside(
                    "reactor.blockhound.integration.StandardOutputIntegration$PrintStreamDelegate", method);
        }
        // Logback's AsyncAppender holds a lock while it stores a reference in an array.
        builder.allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "offer");
        builder.allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "remainingCapacity");
    }
}
