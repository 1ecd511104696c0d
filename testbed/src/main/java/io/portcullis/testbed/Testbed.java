package io.portcullis.testbed;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The database and the Redis that all tests of one JVM share. They are started at the first use and end with the JVM,
 * however it ends. A test class keeps apart from others by {@link DatabaseServer#createDatabase()}.
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
     * The one testbed of this JVM; the first call starts its servers, side by side.
     *
     * @throws ServerStartException if one does not start; the message says what to do
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

    /** The shared database server. */
    public DatabaseServer database() {
        return database;
    }

    /** The shared standalone Redis. */
    public RedisServer redis() {
        return redis;
    }
}
