package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.Recorder;
import io.portcullis.chaos.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The clients of a round: users with accounts of their own, users who share an account, thieves, and an administrator who ends
 * sessions. The constructor starts them.
 */
public final class Workload implements AutoCloseable {
    private static final String SHARED = "user-0";
    private static final int SHARERS = 2;
    private static final int STOP_SECONDS = 60;

    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "client");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Future<?>> running = new ArrayList<>();
    private final Pace pace;
    private final Crowd crowd = new Crowd();
    private final Clients clients;
    private final Streams streams;
    private final Verification verification;

    /**
     * @param users the number of users with accounts of their own; the number of thieves is half of it
     * @param maxRestMillis the longest pause of a client between two operations
     */
    public Workload(World world, Recorder recorder, int users, int maxRestMillis, SplittableRandom random) {
        this.pace = new Pace(maxRestMillis);
        this.clients = new Clients(world, recorder);
        this.streams = new Streams(world, recorder);
        this.verification = new Verification(clients, crowd);
        int client = 0;
        for (int i = 0; i < users; i++) {
            start(new VirtualUser(++client, "user-" + (i + 1), clients, streams, crowd, pace, random.split(), threads));
        }
        for (int i = 0; i < SHARERS; i++) {
            start(new VirtualUser(++client, SHARED, clients, streams, crowd, pace, random.split(), threads));
        }
        for (int i = 0; i < (users + 1) / 2; i++) {
            start(new Thief(++client, clients, crowd, pace, random.split()));
        }
        start(new Kicker(++client, SHARED, clients, crowd, pace, random.split()));
    }

    private void start(Runnable client) {
        running.add(threads.submit(client));
    }

    /** Ends the load, and waits until every operation is complete. */
    public void stop() {
        pace.stop();
        try {
            for (Future<?> client : running) {
                var unused = client.get(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("a client did not stop", e);
        }
    }

    /** Closes and records the streams that are still open. */
    public void closeStreams() {
        streams.close();
    }

    /** Returns the checks to perform after healing. */
    public Verification verification() {
        return verification;
    }

    @Override
    public void close() {
        pace.stop();
        streams.close();
        threads.shutdownNow();
    }
}
