package io.portcullis.bench.subject;

import io.portcullis.bench.process.AllocationMeter;
import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.ProcessFigures;
import org.jspecify.annotations.Nullable;

/** A subject that answers on a loopback port. */
public final class RunningSubject implements AutoCloseable {
    private final Subject subject;
    private final ChildProcess process;
    private final int port;
    private @Nullable AllocationMeter meter;

    RunningSubject(Subject subject, ChildProcess process, int port) {
        this.subject = subject;
        this.process = process;
        this.port = port;
    }

    public Subject subject() {
        return subject;
    }

    public int port() {
        return port;
    }

    public ChildProcess process() {
        return process;
    }

    public ProcessFigures figures() {
        return ProcessFigures.of(process.pid());
    }

    /** Heap allocated so far; 0 where there is no JVM. */
    public long allocatedBytes() {
        if (!subject.isJvm()) {
            return 0;
        }
        AllocationMeter attached = meter;
        if (attached == null) {
            attached = AllocationMeter.attach(process.pid());
            meter = attached;
        }
        return attached.bytes();
    }

    @Override
    public void close() {
        if (meter != null) {
            meter.close();
        }
        process.close();
    }
}
