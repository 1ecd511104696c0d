package io.portcullis.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Copies files from JAR files on the class path. Finds the JAR file by means of the URL connection of a resource, which works
 * for plain JAR files and also for JAR files nested in a Spring Boot JAR.
 */
final class ClassPathFiles {
    private ClassPathFiles() {}

    static Optional<URL> find(String resource) {
        return Optional.ofNullable(ClassPathFiles.class.getClassLoader().getResource(resource));
    }

    /** Copies one file and makes it executable by its owner. */
    static void copyExecutable(URL resource, Path target) throws IOException {
        try (InputStream content = resource.openStream()) {
            Files.copy(content, target);
        }
        makeExecutable(target);
    }

    static void makeExecutable(Path file) throws IOException {
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + file);
        }
    }

    /**
     * Copies the files below a folder of a JAR file.
     *
     * @param anchor the URL of any file in the JAR file
     * @param folder the name of the folder in the JAR file, with a trailing slash
     * @param wanted selects the files to copy, by their names relative to the folder
     */
    static void copyFolder(URL anchor, String folder, Predicate<String> wanted, Path target) throws IOException {
        if (!(anchor.openConnection() instanceof JarURLConnection connection)) {
            throw new IOException("not in a jar: " + anchor);
        }
        // A cached JarFile is shared with the class loader, so that it must not be closed here.
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                if (!entry.isDirectory() && name.startsWith(folder) && wanted.test(name.substring(folder.length()))) {
                    copy(jar, entry, target.resolve(name.substring(folder.length())));
                }
            }
        }
    }

    private static void copy(JarFile jar, JarEntry entry, Path target) throws IOException {
        Files.createDirectories(target.resolveSibling(""));
        try (InputStream content = jar.getInputStream(entry)) {
            Files.copy(content, target);
        }
    }
}
