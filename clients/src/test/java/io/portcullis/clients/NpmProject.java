package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A folder with a {@code package.json}, in which Node.js runs. Its packages have the versions of the lock file. */
final class NpmProject {
    private static final int OLDEST_NODE = 18;
    private static final Pattern NODE_VERSION = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL);
    private static final long LIMIT_MINUTES = 8;

    /** What npm prints if it does not reach a registry, or if the registry lacks a package. */
    private static final Pattern NOT_FETCHED =
            Pattern.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH"
                    + "|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|SELF_SIGNED_CERT|UNABLE_TO_|\\bE40[134]\\b|\\bE5\\d\\d\\b");

    private final Path folder;

    private NpmProject(Path folder) {
        this.folder = folder;
    }

    /** How a program ended, with what it printed. */
    record Result(int exitCode, String output) {}

    /**
     * Copies a project and installs its packages. Skips the test if Node.js or npm is missing, or if the packages cannot be fetched.
     *
     * @param source the folder of the project
     * @param target the folder of the copy; it is replaced except for its packages
     */
    static NpmProject install(Path source, Path target) {
        assumeNode();
        copy(source, target);
        NpmProject project = new NpmProject(target);
        Result installation = project.run(
                Map.of(),
                "npm",
                "ci",
                "--ignore-scripts",
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
                "--no-progress");
        Assumptions.assumeFalse(
                installation.exitCode() != 0
                        && NOT_FETCHED.matcher(installation.output()).find(),
                () -> "Skipped: npm cannot fetch the packages of " + source
                        + ". Make a registry reachable, or name one with 'npm config set registry'.\n"
                        + installation.output());
        assertThat(installation.exitCode()).as(installation.output()).isZero();
        return project;
    }

    private static void assumeNode() {
        for (String program : List.of("node", "npm")) {
            Assumptions.assumeTrue(
                    isInPath(program),
                    "Skipped: PATH has no " + program + ". Install Node.js " + OLDEST_NODE
                            + " or later with npm, such as the packages 'nodejs' and 'npm' of Debian.");
        }
        String version =
                new NpmProject(Path.of("")).run(Map.of(), "node", "--version").output();
        Matcher major = NODE_VERSION.matcher(version);
        Assumptions.assumeTrue(
                major.matches() && Integer.parseInt(major.group(1)) >= OLDEST_NODE,
                "Skipped: node is " + version.strip() + ". Install Node.js " + OLDEST_NODE + " or later.");
    }

    private static boolean isInPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator)))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static void copy(Path source, Path target) {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file :
                    files.filter(it -> !it.toString().contains("node_modules")).toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a package that is in no registry, as {@code npm install FOLDER} would. */
    void addPackage(String name, Path source) {
        copy(source, folder.resolve("node_modules").resolve(name));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Runs a program in the folder, with additional environment variables, and waits for its end. */
    Result run(Map<String, String> environment, String... command) {
        try {
            Path output = Files.createTempFile("npm-project", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String text = Files.readString(output);
            Files.delete(output);
            assertThat(ended)
                    .as("%s did not end; it printed:%n%s", List.of(command), text)
                    .isTrue();
            return new Result(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
