package io.portcullis.gateway;

import io.portcullis.testbed.Await;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts proxies that are installed on the machine, such as nginx, and ends them when it is closed. */
final class InstalledProxies implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    /** Returns the file of an installed program; empty if it is not installed. */
    static Optional<String> find(String program) {
        return Stream.concat(
                        Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** Starts a proxy, which writes its output into a file of the directory. */
    void start(Path directory, List<String> command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output" + processes.size()).toFile())
                .start());
    }

    /** Waits until a proxy accepts connections. */
    static void awaitStart(String name, Path directory, int port) {
        Await.until(name + " has started: " + directory, () -> accepts(port));
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.destroy();
            process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
        }
    }
}
