package io.portcullis.core.resilience;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of threads with a bounded queue that is fair between origins. The threads serve the origins round
 * robin, one task at a time, so a task of a quiet origin waits for at most one task of each other origin, however
 * many tasks those have queued.
 *
 * <p>One origin may occupy at most half of the queue. When the queue is full, a new task displaces the latest task of
 * the origin with the most queued tasks, provided that the new task's origin has at least two fewer.
 */
public final class FairWorkers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FairWorkers.class);

    /** A unit of work of one origin. Neither method may throw, and {@link #refuse} must not block. */
    public interface Task {
        /** Does the work. Called on one of the worker threads. */
        void run();

        /**
         * Reports that the task will not run. Called instead of {@link #run}, on the thread that submits a task or
         * closes the workers.
         */
        void refuse();
    }

    /** The queued tasks by origin. The first origin is served next. */
    private final Map<String, Deque<Task>> waiting = new LinkedHashMap<>();

    private final int maxWaiting;
    private final int maxWaitingPerOrigin;
    private int count;
    private boolean closed;

    /**
     * Starts the threads.
     *
     * @param name the prefix of the thread names
     * @param threads the number of threads, and so of tasks that run concurrently
     * @param maxWaiting the capacity of the queue
     */
    public FairWorkers(String name, int threads, int maxWaiting) {
        if (threads < 1 || maxWaiting < 1) {
            throw new IllegalArgumentException(
                    "threads: " + threads + ", maxWaiting: " + maxWaiting + " (expected: >= 1)");
        }
        this.maxWaiting = maxWaiting;
        this.maxWaitingPerOrigin = Math.max(1, maxWaiting / 2);
        for (int i = 1; i <= threads; i++) {
            Thread thread = new Thread(this::work, name + "-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /**
     * Queues the task for its origin. When the queue is full, refuses this task or displaces a queued task of an
     * origin that has more.
     */
    public void submit(String origin, Task task) {
        Task refused = enqueue(origin, task);
        if (refused != null) {
            refused.refuse();
        }
    }

    /** Removes a queued task whose caller has cancelled. Does nothing if the task is running or has run. */
    public synchronized void withdraw(String origin, Task task) {
        Deque<Task> originTasks = waiting.get(origin);
        if (originTasks != null && originTasks.remove(task)) {
            removed(origin, originTasks);
        }
    }

    synchronized int waitingTasks() {
        return count;
    }

    // The synchronized methods only move tasks between bounded queues. They never run or refuse a task.
    private synchronized @Nullable Task enqueue(String origin, Task task) {
        Deque<Task> originTasks = waiting.get(origin);
        int originCount = originTasks == null ? 0 : originTasks.size();
        if (closed || originCount >= maxWaitingPerOrigin) {
            return task;
        }
        Task displaced = null;
        if (count >= maxWaiting) {
            displaced = displace(originCount + 1);
            if (displaced == null) {
                return task;
            }
        }
        waiting.computeIfAbsent(origin, key -> new ArrayDeque<>()).add(task);
        count++;
        notify();
        return displaced;
    }

    /**
     * Removes and returns the latest task of the origin with the most tasks, or null if no origin has more than
     * {@code newCount}.
     */
    private @Nullable Task displace(int newCount) {
        String longest = null;
        int maxCount = newCount;
        for (var each : waiting.entrySet()) {
            if (each.getValue().size() > maxCount) {
                longest = each.getKey();
                maxCount = each.getValue().size();
            }
        }
        Deque<Task> tasks = longest == null ? null : waiting.get(longest);
        if (longest == null || tasks == null) {
            return null;
        }
        Task displaced = tasks.removeLast();
        removed(longest, tasks);
        return displaced;
    }

    private void removed(String origin, Deque<Task> tasks) {
        count--;
        if (tasks.isEmpty()) {
            waiting.remove(origin);
        }
    }

    private void work() {
        try {
            for (Task task = take(); task != null; task = take()) {
                run(task);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Task task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("Task failed on thread {}", Thread.currentThread().getName(), e);
        }
    }

    private synchronized @Nullable Task take() throws InterruptedException {
        while (waiting.isEmpty()) {
            if (closed) {
                return null;
            }
            wait();
        }
        var turn = waiting.entrySet().iterator().next();
        Deque<Task> tasks = turn.getValue();
        waiting.remove(turn.getKey());
        Task task = tasks.removeFirst();
        count--;
        if (!tasks.isEmpty()) {
            // The origin goes to the end of the round.
            waiting.put(turn.getKey(), tasks);
        }
        return task;
    }

    /** Refuses the queued tasks. Each thread ends after its current task. */
    @Override
    public void close() {
        drain().forEach(Task::refuse);
    }

    private synchronized List<Task> drain() {
        closed = true;
        List<Task> tasks = waiting.values().stream().flatMap(Deque::stream).toList();
        waiting.clear();
        count = 0;
        notifyAll();
        return tasks;
    }
}
