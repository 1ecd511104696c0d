package io.portcullis.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/**
 * What this JVM holds, with all of its nodes, after garbage collections.
 *
 * @param heap the used heap, in bytes
 * @param direct the direct memory of Netty, in bytes, that which its allocator keeps for later included
 * @param descriptors the number of open file descriptors
 * @param meters the number of the node's meters
 */
record Footprint(long heap, long direct, long descriptors, int threads, int meters) {
    private static final int COLLECTIONS = 3;

    static Footprint of(GatewayNode node) {
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return new Footprint(
                heap,
                PlatformDependent.usedDirectMemory(),
                openDescriptors(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                node.bean(MeterRegistry.class).getMeters().size());
    }

    /** Returns the number of open file descriptors of this JVM. */
    static long openDescriptors() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
    }

    @Override
    public String toString() {
        return "heap %.1f MB, direct memory %.1f MB, %d file descriptors, %d threads, %d meters"
                .formatted(heap / 1e6, direct / 1e6, descriptors, threads, meters);
    }
}
