package io.portcullis.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** The reasons for which a running Redis server refuses every {@code SET} while it still answers reads. */
public enum WriteRefusal {
    /** {@code OOM}: out of memory with the policy {@code noeviction}. */
    OUT_OF_MEMORY {
        @Override
        void begin(RedisNode node) throws IOException {
            execute(node, "CONFIG", "SET", "maxmemory-policy", "noeviction");
            execute(node, "CONFIG", "SET", "maxmemory", "1");
        }

        @Override
        void end(RedisNode node) throws IOException {
            execute(node, "CONFIG", "SET", "maxmemory", "0");
        }
    },
    /** {@code READONLY}: the server has become a replica of a master that cannot be reached. */
    READ_ONLY {
        @Override
        void begin(RedisNode node) throws IOException {
            execute(node, "REPLICAOF", Ports.LOOPBACK, "1");
        }

        @Override
        void end(RedisNode node) throws IOException {
            execute(node, "REPLICAOF", "NO", "ONE");
        }
    },
    /** {@code NOREPLICAS}: fewer replicas than {@code min-replicas-to-write} demands. */
    NO_REPLICAS {
        @Override
        void begin(RedisNode node) throws IOException {
            execute(node, "CONFIG", "SET", "min-replicas-to-write", "1");
        }

        @Override
        void end(RedisNode node) throws IOException {
            execute(node, "CONFIG", "SET", "min-replicas-to-write", "0");
        }
    },
    /** {@code NOPERM}: the user may not call {@code SET}. */
    NOT_PERMITTED {
        @Override
        void begin(RedisNode node) throws IOException {
            execute(node, "ACL", "SETUSER", "default", "-set");
        }

        @Override
        void end(RedisNode node) throws IOException {
            execute(node, "ACL", "SETUSER", "default", "+set");
        }
    },
    /** {@code MISCONF}: the last snapshot failed. */
    SNAPSHOT_FAILED {
        @Override
        void begin(RedisNode node) throws IOException {
            // A snapshot cannot replace a directory, regardless of the user that the server runs as.
            Files.createDirectories(node.process().directory().resolve(OCCUPIED));
            execute(node, "CONFIG", "SET", "dbfilename", OCCUPIED);
            execute(node, "CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
            execute(node, "CONFIG", "SET", "save", "36000 1000000");
            execute(node, "BGSAVE");
            node.awaitReply(List.of("INFO", "persistence"), "rdb_last_bgsave_status:err");
        }

        @Override
        void end(RedisNode node) throws IOException {
            execute(node, "CONFIG", "SET", "save", "");
            execute(node, "CONFIG", "SET", "dbfilename", "dump.rdb");
        }
    };

    private static final String OCCUPIED = "occupied";

    abstract void begin(RedisNode node) throws IOException;

    abstract void end(RedisNode node) throws IOException;

    /**
     * Makes the server refuse writes.
     *
     * @throws IllegalStateException for an external server
     */
    public void begin(RedisServer server) {
        try {
            begin(server.requireOwnNode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the server accept writes again. */
    public void end(RedisServer server) {
        try {
            end(server.requireOwnNode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(RedisNode node, String... command) throws IOException {
        String unused = node.execute(command);
    }
}
