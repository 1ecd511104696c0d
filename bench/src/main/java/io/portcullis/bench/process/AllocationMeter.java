package io.portcullis.bench.process;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.LongStream;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Reads the number of heap bytes that another JVM has allocated, through its local management agent. Causes no load between two
 * readings. From JDK 21 on the JVM itself maintains the total. On earlier versions the total is the sum over live threads, and
 * the allocation of ended threads is lost; the threads of event loops do not end.
 */
public final class AllocationMeter implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;
    private final ObjectName threading;

    private AllocationMeter(JMXConnector connector, ObjectName threading) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
        this.threading = threading;
    }

    /**
     * Attaches to a JVM of the same user. JNDI is safe here, because the JVM itself supplies the address, which is on
     * loopback.
     */
    @SuppressWarnings("BanJNDI")
    public static AllocationMeter attach(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                var address = new JMXServiceURL(machine.startLocalManagementAgent());
                return new AllocationMeter(
                        JMXConnectorFactory.connect(address), ObjectName.getInstance("java.lang:type=Threading"));
            } finally {
                machine.detach();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AttachNotSupportedException | JMException e) {
            throw new IllegalStateException("cannot attach to JVM " + pid, e);
        }
    }

    /** Returns the number of bytes allocated so far. */
    public long bytes() {
        try {
            return total();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JMException e) {
            throw new IllegalStateException("the JVM does not support allocation counters", e);
        }
    }

    private long total() throws IOException, JMException {
        try {
            return (Long) server.getAttribute(threading, "TotalThreadAllocatedBytes");
        } catch (AttributeNotFoundException e) {
            Object threads = server.getAttribute(threading, "AllThreadIds");
            long[] allocated = (long[]) server.invoke(
                    threading, "getThreadAllocatedBytes", new Object[] {threads}, new String[] {long[].class.getName()
                    });
            return LongStream.of(allocated).filter(bytes -> bytes > 0).sum();
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The JVM has already ended.
        }
    }
}
