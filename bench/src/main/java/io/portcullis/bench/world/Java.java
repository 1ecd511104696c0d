package io.portcullis.bench.world;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Java runtime for subjects.
 *
 * @param executable the {@code java} launcher
 */
public record Java(Path executable) {
    /** Returns the runtime of this program. */
    public static Java current() {
        return of(Path.of(System.getProperty("java.home")));
    }

    /** Returns the runtime of a JDK directory or of a launcher. */
    public static Java of(Path path) {
        Path launcher = Files.isDirectory(path) ? path.resolve("bin").resolve("java") : path;
        if (!Files.isExecutable(launcher)) {
            throw new IllegalArgumentException("--java: " + path + " (expected: a JDK's directory)");
        }
        return new Java(launcher.toAbsolutePath());
    }

    /**
     * Returns the feature version, such as 17, from the {@code release} file of the JDK.
     *
     * @throws IllegalArgumentException if there is none
     */
    public int version() {
        try {
            Path release = executable.toRealPath().resolveSibling("..").resolve("release");
            return Files.readAllLines(release).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceFirst("JAVA_VERSION=\"(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(release + ": no JAVA_VERSION (expected: one)"));
        } catch (IOException e) {
            throw new IllegalArgumentException("--java: " + executable + " (expected: the launcher of a JDK)", e);
        }
    }

    /** Returns the command that runs a JAR file. */
    public List<String> jar(Path jar, List<String> flags, List<String> arguments) {
        return command(flags, List.of("-jar", jar.toAbsolutePath().toString()), arguments);
    }

    /** Returns the command that runs a class of the class path of this program. */
    public List<String> main(String type, List<String> flags, List<String> arguments) {
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return command(flags, List.of("-cp", classPath, type), arguments);
    }

    private List<String> command(List<String> flags, List<String> what, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(flags);
        command.addAll(what);
        command.addAll(arguments);
        return command;
    }
}
