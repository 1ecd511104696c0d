package io.portcullis.testbed;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The database server and the Redis server that all tests of a JVM share. Both start at the first use, and end with the JVM
 * even if it crashes. Test classes isolate themselves from each other with {@link DatabaseServer#createDatabase()}.
 */
public final class Testbed {
    private static @Nullable Testbed shared;

    private final DatabaseServer database;
    private final RedisServer redis;

    private Testbed(DatabaseServer database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    /**
     * Returns the testbed of this JVM. The first call starts both servers in parallel. Thread-safe.
     *
     * @throws ServerStartException if a server does not start; the message names the remedy
     */
    public static synchronized Testbed shared() {
        Testbed testbed = shared;
        if (testbed == null) {
            testbed = start();
            shared = testbed;
        }
        return testbed;
    }

    private static Testbed start() {
        CompletableFuture<DatabaseServer> database = CompletableFuture.supplyAsync(DatabaseServer::start);
        CompletableFuture<RedisServer> redis = CompletableFuture.supplyAsync(RedisServer::start);
        try {
            return new Testbed(database.join(), redis.join());
        } catch (CompletionException e) {
            database.thenAccept(DatabaseServer::close)
                    .exceptionally(failure -> null)
                    .join();
            redis.thenAccept(RedisServer::close).exceptionally(failure -> null).join();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Returns the shared database server. */
    public DatabaseServer database() {
        return database;
    }

    /** Returns the shared standalone Redis server. */
    public RedisServer redis() {
        return redis;
    }
}
