package io.portcullis.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Makes the directory {@code /opt/portcullis} of the image at another place, as {@code docker/Dockerfile} does. No file of it
 * can be written.
 */
final class ImageLayout {
    private static final Path JAR = Path.of("../gateway/target/portcullis-gateway-exec.jar");
    private static final String NATIVE = "META-INF/native/";

    private ImageLayout() {}

    /** Extracts the jar below the directory, and returns the directory that is {@code /opt/portcullis} in the image. */
    static Path make(Path directory) throws IOException, InterruptedException {
        assertThat(JAR).as("the gateway is packaged before this module").exists();
        Path jar = Files.copy(JAR, directory.resolve("portcullis.jar"));
        run(directory, "-Djarmode=tools", "-jar", jar.toString(), "extract", "--layers", "--destination", "layers");
        Path portcullis = Files.createDirectory(directory.resolve("portcullis"));
        for (String layer : List.of("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")) {
            FileSystemUtils.copyRecursively(directory.resolve("layers").resolve(layer), portcullis);
        }
        extractNativeLibraries(portcullis);
        FileSystemUtils.copyRecursively(Path.of("../config"), portcullis.resolve("config"));
        FileSystemUtils.copyRecursively(Path.of("../docker/bin"), portcullis.resolve("bin"));
        try (Stream<Path> files = Files.walk(portcullis)) {
            files.forEach(ImageLayout::makeReadable);
        }
        return portcullis;
    }

    private static void extractNativeLibraries(Path portcullis) throws IOException {
        Path directory = Files.createDirectory(portcullis.resolve("native"));
        try (Stream<Path> jars = Files.list(portcullis.resolve("lib"))) {
            for (Path jar : jars.filter(ImageLayout::isNative).toList()) {
                extractNativeLibraries(jar, directory);
            }
        }
    }

    private static boolean isNative(Path jar) {
        return jar.getFileName().toString().matches("netty-.*-linux-.*\\.jar");
    }

    private static void extractNativeLibraries(Path file, Path directory) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            for (var entry : jar.stream()
                    .filter(e -> e.getName().startsWith(NATIVE) && !e.isDirectory())
                    .toList()) {
                try (var content = jar.getInputStream(entry)) {
                    Files.copy(content, directory.resolve(entry.getName().substring(NATIVE.length())));
                }
            }
        }
    }

    private static void makeReadable(Path path) {
        boolean executable = Files.isDirectory(path) || path.toString().contains("/portcullis/bin/");
        boolean done = path.toFile().setReadable(true, false) && path.toFile().setWritable(false, false);
        if (!done || (executable && !path.toFile().setExecutable(true, false))) {
            throw new UncheckedIOException(new IOException("cannot change the rights of " + path));
        }
    }

    private static void run(Path directory, String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Stream.concat(Stream.of(java().toString()), Stream.of(arguments))
                        .toList())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("extract.log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("extract.log")))
                .isZero();
    }

    /** Returns the program {@code java} of the JVM that runs the test. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
