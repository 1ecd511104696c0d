package io.portcullis.bench.world;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The JAR files of this build.
 *
 * @param root the root directory of the project
 */
public record Artifacts(Path root) {
    /** Finds the project from the class path of this program, which is below the root directory. */
    public static Artifacts find() {
        String classPath = System.getProperty("java.class.path").split(File.pathSeparator, -1)[0];
        for (Path at = Path.of(classPath).toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("gateway").resolve("pom.xml"))) {
                return new Artifacts(at);
            }
        }
        throw new IllegalStateException("class path: " + classPath + " (expected: below the project's directory)");
    }

    /**
     * Returns the JAR file of the packaged gateway.
     *
     * @throws IllegalStateException if it has not been built
     */
    public Path portcullis() {
        return built("gateway/target/portcullis-gateway-exec.jar");
    }

    /**
     * Returns the JAR file of the unmodified Spring Cloud Gateway.
     *
     * @throws IllegalStateException if it has not been built
     */
    public Path stock() {
        return built("bench/stock/target/portcullis-bench-stock.jar");
    }

    /**
     * Returns the JAR file of the gateway with Spring Security.
     *
     * @throws IllegalStateException if it has not been built
     */
    public Path resourceServer() {
        return built("bench/resource-server/target/portcullis-bench-resource-server.jar");
    }

    private Path built(String jar) {
        Path path = root.resolve(jar);
        if (Files.notExists(path)) {
            throw new IllegalStateException("missing: " + jar + ". To build it: mvn -q -Dmaven.test.skip package");
        }
        return path;
    }
}
