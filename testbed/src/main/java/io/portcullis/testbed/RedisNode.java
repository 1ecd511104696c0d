package io.portcullis.testbed;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Redis process of any role, from the binaries in the package {@code embedded-redis}. */
record RedisNode(int port, ServerProcess process) implements AutoCloseable {
    static final Duration START_LIMIT = Duration.ofSeconds(30);

    /**
     * Starts a server on a free port.
     *
     * @param arguments the arguments in addition to port and directory
     */
    static RedisNode start(String... arguments) {
        return Ports.withFreePort(port -> startAt(port, arguments));
    }

    /** Starts a server on the given port. */
    static RedisNode startAt(int port, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--save", "", "--appendonly", "no"));
        all.addAll(List.of(arguments));
        return launch(port, ServerProcess.newDirectory(), all);
    }

    /** Starts a sentinel. The sentinel rewrites its configuration file at run time. */
    static RedisNode startSentinel(List<String> configuration) {
        return Ports.withFreePort(port -> {
            Path directory = ServerProcess.newDirectory();
            Path file = directory.resolve("sentinel.conf");
            try {
                Files.write(file, configuration);
            } catch (IOException e) {
                throw new ServerStartException("cannot write " + file, e);
            }
            return launch(port, directory, List.of(file.toString(), "--sentinel"));
        });
    }

    private static RedisNode launch(int port, Path directory, List<String> role) {
        List<String> arguments = new ArrayList<>(role);
        arguments.addAll(List.of("--port", "" + port, "--bind", Ports.LOOPBACK, "--dir", directory.toString()));
        arguments.addAll(List.of("--daemonize", "no", "--loglevel", "notice"));
        RedisNode node = new RedisNode(port, ServerProcess.launch(binary(), directory, arguments));
        node.process.awaitReady(START_LIMIT, node::identify);
        return node;
    }

    /** Starts the server again after its process was killed, on the same port and in the same directory. */
    RedisNode restarted() {
        RedisNode node = new RedisNode(port, process.relaunch());
        node.process.awaitReady(START_LIMIT, node::identify);
        return node;
    }

    /** Verifies the process id of the server, so that another server on the same port is not mistaken for this one. */
    private void identify() throws IOException {
        String info = execute("INFO", "server");
        if (!info.contains("process_id:" + process.pid() + "\r")) {
            throw new IOException("port " + port + ": occupied by another server");
        }
    }

    /** Sends a command on a new connection. Returns the reply as text, see {@link RespConnection#text}. */
    String execute(String... command) throws IOException {
        return RespConnection.execute(port, command);
    }

    /** Waits until the reply to a command contains all the given parts. */
    void awaitReply(List<String> command, String... parts) {
        process.awaitReady(START_LIMIT, () -> {
            String reply = execute(command.toArray(String[]::new));
            for (String part : parts) {
                if (!reply.contains(part)) {
                    throw new IOException("%s: %s (expected: %s)".formatted(command, reply, part));
                }
            }
        });
    }

    String address() {
        return Ports.LOOPBACK + ":" + port;
    }

    @Override
    public void close() {
        process.close();
    }

    private static ServerBinary binary() {
        String file = fileName(Platform.current());
        Path entry = BinaryCache.entry(file, directory -> {
            URL resource = ClassPathFiles.find(file)
                    .orElseThrow(() -> new ServerStartException("Redis: not on the class path: " + file, null));
            ClassPathFiles.copyExecutable(resource, directory.resolve(file));
        });
        return new ServerBinary("Redis", entry.resolve(file), "libssl3", Settings.OWN_REDIS);
    }

    private static String fileName(Platform platform) {
        return switch (platform.toString()) {
            case "linux-amd64" -> "redis-server-6.2.6-v5-linux-amd64";
            case "linux-arm64" -> "redis-server-6.2.7-linux-arm64";
            case "darwin-amd64" -> "redis-server-6.2.6-v5-darwin-amd64";
            case "darwin-arm64" -> "redis-server-6.2.6-v5-darwin-arm64";
            default ->
                throw new ServerStartException(
                        "Redis: no binary for %s. %s".formatted(platform, Settings.OWN_REDIS), null);
        };
    }
}
