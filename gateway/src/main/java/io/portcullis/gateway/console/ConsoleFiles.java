package io.portcullis.gateway.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;

/**
 * The files of the console, read once at the start and kept in memory, because a read of a file would block an event loop. The version is
 * a digest of all of them, and stands in the path of each: relative imports of scripts then have it too.
 */
final class ConsoleFiles {
    private static final String PAGE = "index.html";
    private static final String OWN = "classpath:/console/";
    private static final String LIBRARY = "META-INF/resources/webjars/lit-html/";
    private static final List<String> LIBRARY_FILES = List.of(
            "lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js", "directives/live.js");

    private static final Map<String, MediaType> TYPES = Map.of(
            "js", MediaType.valueOf("text/javascript;charset=UTF-8"),
            "css", MediaType.valueOf("text/css;charset=UTF-8"),
            "svg", MediaType.valueOf("image/svg+xml"));

    private final Map<String, ConsoleFile> files;
    private final String page;
    private final String version;

    private ConsoleFiles(Map<String, byte[]> contents) {
        version = digest(contents);
        page = new String(contents.getOrDefault(PAGE, new byte[0]), StandardCharsets.UTF_8);
        files = new TreeMap<>();
        contents.forEach((name, content) -> {
            MediaType type = TYPES.get(name.replaceFirst(".*\\.", ""));
            if (type != null) {
                files.put(name, new ConsoleFile(type, content));
            }
        });
    }

    /** A file with its media type. The array is never changed. */
    @SuppressWarnings("ArrayRecordComponent") // Written to the response as it is.
    record ConsoleFile(MediaType type, byte[] content) {}

    /** Reads all files. Blocks; called at the start alone. */
    static ConsoleFiles load() {
        var resolver = new PathMatchingResourcePatternResolver();
        Map<String, byte[]> contents = new TreeMap<>();
        try {
            for (Resource resource : resolver.getResources(OWN + "*.*")) {
                contents.put(String.valueOf(resource.getFilename()), resource.getContentAsByteArray());
            }
            for (String name : LIBRARY_FILES) {
                Resource[] found = resolver.getResources("classpath*:" + LIBRARY + "*/" + name);
                if (found.length != 1) {
                    throw new IllegalStateException("files " + LIBRARY + "*/" + name + ": " + found.length
                            + " (expected: 1, in the WebJar lit-html)");
                }
                contents.put("lit/" + name, found[0].getContentAsByteArray());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ConsoleFiles(contents);
    }

    private static String digest(Map<String, byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            contents.forEach((name, content) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            });
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the version of the files. */
    String version() {
        return version;
    }

    /**
     * Returns the page.
     *
     * @param base the path below which the gateway's own paths are, empty for none
     */
    String page(String base) {
        return page.replace("{files}", base + "/console/files/" + version);
    }

    /** Returns the file with this name; null if there is none. */
    @Nullable
    ConsoleFile find(String name) {
        return files.get(name);
    }
}
