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
            ask(node, "CONFIG", "SET", "maxmemory-policy", "noeviction");
            ask(node, "CONFIG", "SET", "maxmemory", "1");
        }

        @Override
        void end(RedisNode node) throws IOException {
            ask(node, "CONFIG", "SET", "maxmemory", "0");
        }
    },
    /** {@code READONLY}: the server has become a replica of a master that cannot be reached. */
    READ_ONLY {
        @Override
        void begin(RedisNode node) throws IOException {
            ask(node, "REPLICAOF", Ports.LOOPBACK, "1");
        }

        @Override
        void end(RedisNode node) throws IOException {
            ask(node, "REPLICAOF", "NO", "ONE");
        }
    },
    /** {@code NOREPLICAS}: fewer replicas than {@code min-replicas-to-write} demands. */
    NO_REPLICAS {
        @Override
        void begin(RedisNode node) throws IOException {
            ask(node, "CONFIG", "SET", "min-replicas-to-write", "1");
        }

        @Override
        void end(RedisNode node) throws IOException {
            ask(node, "CONFIG", "SET", "min-replicas-to-write", "0");
        }
    },
    /** {@code NOPERM}: the user may not call {@code SET}. */
    NOT_PERMITTED {
        @Override
        void begin(RedisNode node) throws IOException {
            ask(node, "ACL", "SETUSER", "default", "-set");
        }

        @Override
        void end(RedisNode node) throws IOException {
            ask(node, "ACL", "SETUSER", "default", "+set");
        }
    },
    /** {@code MISCONF}: the last snapshot failed. */
    SNAPSHOT_FAILED {
        @Override
        void begin(RedisNode node) throws IOException {
            // A snapshot cannot replace a directory, regardless of the user that the server runs as.
            Files.createDirectories(node.process().directory().resolve(OCCUPIED));
            ask(node, "CONFIG", "SET", "dbfilename", OCCUPIED);
            ask(node, "CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
            ask(node, "CONFIG", "SET", "save", "36000 1000000");
            ask(node, "BGSAVE");
            node.awaitAnswer(List.of("INFO", "persistence"), "rdb_last_bgsave_status:err");
        }

        @Override
        void end(RedisNode node) throws IOException {
            ask(node, "CONFIG", "SET", "save", "");
            ask(node, "CONFIG", "SET", "dbfilename", "dump.rdb");
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
            begin(server.own());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the server accept writes again. */
    public void end(RedisServer server) {
        try {
            end(server.own());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void ask(RedisNode node, String... command) throws IOException {
        String unused = node.ask(command);
    }
}
