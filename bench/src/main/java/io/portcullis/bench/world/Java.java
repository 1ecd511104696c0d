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
 * A Java to run subjects with.
 *
 * @param executable the launcher
 */
public record Java(Path executable) {
    /** The one that runs this program. */
    public static Java own() {
        return of(Path.of(System.getProperty("java.home")));
    }

    /** From a JDK's directory, or its launcher. */
    public static Java of(Path path) {
        Path launcher = Files.isDirectory(path) ? path.resolve("bin").resolve("java") : path;
        if (!Files.isExecutable(launcher)) {
            throw new IllegalArgumentException("--java: " + path + " (expected: a JDK's directory)");
        }
        return new Java(launcher.toAbsolutePath());
    }

    /**
     * Its version, such as 17, from the file beside its directories that says so.
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
                    .orElseThrow(() -> new IllegalArgumentException(release + " has no JAVA_VERSION"));
        } catch (IOException e) {
            throw new IllegalArgumentException("--java: " + executable + " (expected: that of a JDK)", e);
        }
    }

    /** The command that runs a jar. */
    public List<String> jar(Path jar, List<String> flags, List<String> arguments) {
        return command(flags, List.of("-jar", jar.toAbsolutePath().toString()), arguments);
    }

    /** The command that runs a class of this program's own class path. */
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
