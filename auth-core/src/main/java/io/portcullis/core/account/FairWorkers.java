package io.portcullis.core.account;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that take their tasks in turn from the origins of the tasks, so that an origin with one task waits for one task of
 * each other origin at most, however many those have. A bounded number of tasks waits: one origin has at most half of the places,
 * and where all places are taken, the origin with most of them gives one up to an origin with fewer.
 */
final class FairWorkers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FairWorkers.class);

    /** Work of one origin; neither method may block for long or throw. */
    interface Task {
        /** Called on one of the threads. */
        void run();

        /** Called instead of {@link #run}, by the thread that submits a task or closes the workers. */
        void refuse();
    }

    /** In the order of their turns. */
    private final Map<String, Deque<Task>> waiting = new LinkedHashMap<>();

    private final int maxWaiting;
    private final int maxWaitingPerOrigin;
    private int count;
    private boolean closed;

    /**
     * @param name prefix of the threads' names
     * @param threads tasks that run at a time
     * @param maxWaiting tasks that may wait for a thread
     */
    FairWorkers(String name, int threads, int maxWaiting) {
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

    /** Runs the task when it is its origin's turn. When the queue is full, refuses this task, or a waiting task of an origin that has more. */
    void submit(String origin, Task task) {
        Task refused = enqueue(origin, task);
        if (refused != null) {
            refused.refuse();
        }
    }

    /** Removes a waiting task after its caller has left. Does nothing if the task runs or has run. */
    synchronized void withdraw(String origin, Task task) {
        Deque<Task> own = waiting.get(origin);
        if (own != null && own.remove(task)) {
            removed(origin, own);
        }
    }

    synchronized int waitingTasks() {
        return count;
    }

    // What is synchronized only moves tasks between queues of bounded length.
    private synchronized @Nullable Task enqueue(String origin, Task task) {
        Deque<Task> own = waiting.get(origin);
        int ownCount = own == null ? 0 : own.size();
        if (closed || ownCount >= maxWaitingPerOrigin) {
            return task;
        }
        Task displaced = null;
        if (count >= maxWaiting) {
            displaced = displace(ownCount + 1);
            if (displaced == null) {
                return task;
            }
        }
        waiting.computeIfAbsent(origin, key -> new ArrayDeque<>()).add(task);
        count++;
        notify();
        return displaced;
    }

    /** The latest task of the origin with the most, if that is more than {@code newCount}. */
    private @Nullable Task displace(int newCount) {
        String longest = null;
        int most = newCount;
        for (var each : waiting.entrySet()) {
            if (each.getValue().size() > most) {
                longest = each.getKey();
                most = each.getValue().size();
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
            log.error("A task of {} failed", Thread.currentThread().getName(), e);
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
            // Behind the other origins.
            waiting.put(turn.getKey(), tasks);
        }
        return task;
    }

    /** Refuses the tasks that wait and ends the threads when they have finished theirs. */
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
