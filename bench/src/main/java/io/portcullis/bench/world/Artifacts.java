package io.portcullis.bench.world;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The jars of this build.
 *
 * @param root the project's directory
 */
public record Artifacts(Path root) {
    /** Found from where this program was started from, which is below the project. */
    public static Artifacts find() {
        String classPath = System.getProperty("java.class.path").split(File.pathSeparator, -1)[0];
        for (Path at = Path.of(classPath).toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("gateway").resolve("pom.xml"))) {
                return new Artifacts(at);
            }
        }
        throw new IllegalStateException("the project's directory is not above " + classPath);
    }

    public Path portcullis() {
        return built("gateway/target/portcullis-gateway-exec.jar");
    }

    public Path stock() {
        return built("bench/stock/target/portcullis-bench-stock.jar");
    }

    public Path resourceServer() {
        return built("bench/resource-server/target/portcullis-bench-resource-server.jar");
    }

    private Path built(String jar) {
        Path path = root.resolve(jar);
        if (Files.notExists(path)) {
            throw new IllegalStateException("there is no " + jar + ": mvn -q -Dmaven.test.skip package builds it");
        }
        return path;
    }
}
