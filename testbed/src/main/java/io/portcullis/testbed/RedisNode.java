package io.portcullis.testbed;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One Redis process of any role, from the binaries in the package {@code embedded-redis}. */
record RedisNode(int port, ServerProcess process) implements AutoCloseable {
    static final Duration START_LIMIT = Duration.ofSeconds(30);

    /** A server with these arguments besides its port and directory, on a free port. */
    static RedisNode start(String... arguments) {
        return Ports.withFreePort(port -> startAt(port, arguments));
    }

    static RedisNode startAt(int port, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--save", "", "--appendonly", "no"));
        all.addAll(List.of(arguments));
        return launch(port, ServerProcess.newDirectory(), all);
    }

    /** A sentinel with this configuration, which it rewrites itself. */
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

    /** The same server started again, after a crash of its process. */
    RedisNode restarted() {
        RedisNode node = new RedisNode(port, process.relaunch());
        node.process.awaitReady(START_LIMIT, node::identify);
        return node;
    }

    /** Asks for the process id: another server that happens to have the port must not pass for this one. */
    private void identify() throws IOException {
        String info = ask("INFO", "server");
        if (!info.contains("process_id:" + process.pid() + "\r")) {
            throw new IOException("another server has the port " + port);
        }
    }

    String ask(String... command) throws IOException {
        return RespConnection.ask(port, command);
    }

    /** Waits until the answer to a command has all these parts. */
    void awaitAnswer(List<String> command, String... parts) {
        process.awaitReady(START_LIMIT, () -> {
            String answer = ask(command.toArray(String[]::new));
            for (String part : parts) {
                if (!answer.contains(part)) {
                    throw new IOException("%s: %s (expected: %s)".formatted(command, answer, part));
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
