package io.portcullis.testbed;

import java.util.List;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound takes for blocking and is let pass in every module's tests: leaves only, each with its reason. A broad frame
 * here would hide everything below it.
 */
public final class AllowedBlockingCalls implements BlockHoundIntegration {
    /** After BlockHound's own, which allow all that a logger does and all that is printed. */
    @Override
    public int getPriority() {
        return 1;
    }

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Reads /dev/urandom, which does not wait once the system has started. TLS to MySQL seeds itself there.
        builder.allowBlockingCallsInside("sun.security.provider.NativePRNG$RandomIO", "readFully");
        // Netty 4.2's default allocator: a lock that is held for a few instructions while a chunk is handed back.
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free");
        // JDK 25 shows Lettuce's lock of a shared connection, held while a counter moves.
        builder.allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "incrementWriters");
        // A lock that is held while a timer leaves a queue. Reactor allows it where a delay is disposed of, but not an
        // interval; the error
        // that BlockHound throws in the middle of taking the lock would leave the lock unusable.
        builder.allowBlockingCallsInside("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue", "remove");
        disallowLogging(builder);
    }

    /** An event loop that logs may put the line into a queue, and must not write it. */
    private static void disallowLogging(BlockHound.Builder builder) {
        builder.disallowBlockingCallsInside("ch.qos.logback.classic.Logger", "callAppenders");
        for (String method : List.of("write", "flush", "print", "println")) {
            builder.disallowBlockingCallsInside(
                    "reactor.blockhound.integration.StandardOutputIntegration$PrintStreamDelegate", method);
        }
        // A lock of Logback's asynchronous appender, held while a reference is put into an array.
        builder.allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "offer");
        builder.allowBlockingCallsInside("java.util.concurrent.ArrayBlockingQueue", "remainingCapacity");
    }
}
