package io.portcullis.testbed;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound takes for blocking and is let pass in every module's tests: leaves only, each with its reason. A broad frame
 * here would hide everything below it.
 */
public final class AllowedBlockingCalls implements BlockHoundIntegration {
    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Reads /dev/urandom, which does not wait once the system has started. TLS to MySQL seeds itself there.
        builder.allowBlockingCallsInside("sun.security.provider.NativePRNG$RandomIO", "readFully");
        // Netty 4.2's default allocator: a lock that is held for a few instructions while a chunk is handed back.
        builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator$Magazine", "free");
        // JDK 25 shows Lettuce's lock of a shared connection, held while a counter moves.
        builder.allowBlockingCallsInside("io.lettuce.core.protocol.SharedLock", "incrementWriters");
    }
}
