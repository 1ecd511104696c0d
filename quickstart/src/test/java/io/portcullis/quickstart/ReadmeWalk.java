package io.portcullis.quickstart;

import io.portcullis.testbed.DocumentedCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Types the second code block of the README into a shell, line by line. Where the README tells the reader to keep a token of the last
 * answer ({@code ACCESS=pca_...}), it is taken from there.
 */
final class ReadmeWalk {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern KEPT = Pattern.compile("([A-Z]+)=(pc[ar]_)\\.\\.\\.");

    private final String authority;
    private final Map<String, String> kept = new HashMap<>();

    /** @param authority the gateway's, in place of {@code localhost:8080} */
    ReadmeWalk(String authority) {
        this.authority = authority;
    }

    static boolean isPossible() {
        try {
            return new ProcessBuilder("curl", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What each command printed, in the README's order. */
    List<String> type() throws IOException, InterruptedException {
        List<String> printed = new ArrayList<>();
        for (String line : DocumentedCommands.block(README, 1)) {
            if (line.startsWith("curl ")) {
                printed.add(run(line.replace("localhost:8080", authority)));
            } else {
                keep(line, printed.get(printed.size() - 1));
            }
        }
        return printed;
    }

    private void keep(String line, String response) {
        Matcher tokens = KEPT.matcher(line);
        while (tokens.find()) {
            Matcher token = Pattern.compile(tokens.group(2) + "[A-Za-z0-9_-]+").matcher(response);
            if (!token.find()) {
                throw new AssertionError("no " + tokens.group(2) + " in the answer before: " + line);
            }
            kept.put(tokens.group(1), token.group());
        }
    }

    private String run(String command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
        builder.environment().putAll(kept);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return output;
    }
}
