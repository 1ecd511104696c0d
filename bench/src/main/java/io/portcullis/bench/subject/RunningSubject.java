package io.portcullis.bench.subject;

import io.portcullis.bench.process.AllocationMeter;
import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.process.ProcessFigures;
import io.portcullis.bench.world.Readiness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running subject that answers on a loopback port. It may ask another one, whose resources then count as its own. */
public final class RunningSubject implements AutoCloseable {
    private final Subject subject;
    private final ChildProcess process;
    private final Ports ports;
    private final boolean tls;
    private final @Nullable RunningSubject decider;
    private @Nullable AllocationMeter meter;

    RunningSubject(Subject subject, ChildProcess process, Ports ports, boolean tls, @Nullable RunningSubject decider) {
        this.subject = subject;
        this.process = process;
        this.ports = ports;
        this.tls = tls;
        this.decider = decider;
    }

    public Subject subject() {
        return subject;
    }

    public int port() {
        return ports.server();
    }

    /** Returns the scheme, host and port, such as {@code http://127.0.0.1:8080}. */
    public String origin() {
        return (tls ? "https" : "http") + "://127.0.0.1:" + port();
    }

    public ChildProcess process() {
        return process;
    }

    /** Returns the parent processes of the subject. */
    public List<Long> pids() {
        return decider == null ? List.of(process.pid()) : List.of(process.pid(), decider.process.pid());
    }

    /** Returns the resource usage of the processes of the subject so far. */
    public ProcessFigures figures() {
        return pids().stream().map(ProcessFigures::of).reduce(ProcessFigures.NONE, ProcessFigures::plus);
    }

    /** Returns the time in which the JVMs of the subject compiled so far, in microseconds. */
    public long compilerMicros() {
        return pids().stream().mapToLong(ProcessFigures::compilerMicros).sum();
    }

    /** Returns the heap bytes allocated so far, 0 for a subject that is no JVM itself. */
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

    /** Returns the number of responses so far by status; empty for a subject without metrics. */
    public StatusCounts statuses() {
        return StatusCounts.parse(
                subject.hasRoutes() ? Readiness.body(ports.management(), "/actuator/prometheus") : "");
    }

    /** Returns the value of a sample without labels of {@code /actuator/prometheus}; NaN if there is none. */
    public double metric(String name) {
        return Readiness.body(ports.management(), "/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Override
    public void close() {
        if (meter != null) {
            meter.close();
        }
        process.close();
        if (decider != null) {
            decider.close();
        }
    }

    /** The ports of a subject. Only the gateways have a management port. */
    record Ports(int server, int management) {}
}
