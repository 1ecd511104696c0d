package io.portcullis.gateway;

import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import reactor.blockhound.BlockingOperationError;

/**
 * Records the blocking calls on event loops that BlockHound finds, until it is closed. BlockHound itself only throws an error, which the
 * code that blocks, or a library below it, may catch.
 */
final class BlockingCallRecorder implements AutoCloseable {
    private static final String RUNTIME = "reactor.blockhound.BlockHoundRuntime";

    private final Field field;
    private final Consumer<Object[]> original;
    private final List<String> calls = new CopyOnWriteArrayList<>();

    @SuppressWarnings("unchecked")
    private BlockingCallRecorder(Field field) throws ReflectiveOperationException {
        this.field = field;
        this.original = (Consumer<Object[]>) field.get(null);
    }

    /** Starts to record. BlockHound must be installed. */
    static BlockingCallRecorder start() throws ReflectiveOperationException {
        // BlockHound adds this class to those of the JVM itself, which the null stands for.
        Field consumer = Class.forName(RUNTIME, true, null).getField("blockingMethodConsumer");
        BlockingCallRecorder recorder = new BlockingCallRecorder(consumer);
        Consumer<Object[]> recording = recorder::record;
        consumer.set(null, recording);
        return recorder;
    }

    private void record(Object[] call) {
        try {
            original.accept(call);
        } catch (BlockingOperationError e) {
            calls.add(e.getMessage() + " " + List.of(e.getStackTrace()));
            throw e;
        }
    }

    /** Returns the blocking calls so far, each with its stack trace. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() throws ReflectiveOperationException {
        field.set(null, original);
    }
}
