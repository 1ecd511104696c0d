package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.load.Wrk;
import io.portcullis.bench.process.ChildProcess;
import io.portcullis.bench.subject.Jvm;
import io.portcullis.bench.subject.Launcher;
import io.portcullis.bench.subject.RunningSubject;
import io.portcullis.bench.subject.Subject;
import io.portcullis.bench.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Prepares the variants with which an operator can speed up the start: the extracted JAR, and the archives that the JVM records
 * during a start with a small load.
 */
record StartVariants(World world, Jvm jvm, Wrk wrk, Load load, Consumer<String> log) {
    private static final int AOT_VERSION = 25;
    private static final int TRAINING_SECONDS = 5;
    private static final int LIMIT_SECONDS = 120;

    /** Returns all variants that this JDK supports, except the plain JAR. */
    List<StartVariant> make() {
        Path directory = world.subdirectory("start");
        Jvm extracted = jvm.withPortcullisJar(extract(directory));
        List<StartVariant> variants = new ArrayList<>(List.of(
                new StartVariant("extracted", extracted),
                train(
                        "extracted, CDS archive",
                        extracted,
                        "-XX:ArchiveClassesAtExit=",
                        "-XX:SharedArchiveFile=",
                        directory.resolve("portcullis.jsa"))));
        if (jvm.java().version() >= AOT_VERSION) {
            variants.add(train(
                    "extracted, AOT cache",
                    extracted,
                    "-XX:AOTCacheOutput=",
                    "-XX:AOTCache=",
                    directory.resolve("portcullis.aot")));
        }
        return variants;
    }

    private Path extract(Path directory) {
        Path jar = new Launcher(world, jvm, Case.SOME_ROUTES).portcullisJar();
        List<String> command = jvm.java()
                .jar(
                        jar,
                        List.of("-Djarmode=tools"),
                        List.of("extract", "--force", "--destination", directory.toString()));
        try (ChildProcess extraction = ChildProcess.start("extract", world.directory(), command, Map.of())) {
            Path extracted = directory.resolve(jar.getFileName());
            if (!extraction.awaitEnd(LIMIT_SECONDS, TimeUnit.SECONDS) || Files.notExists(extracted)) {
                throw extraction.failure("did not make " + extracted);
            }
            return extracted;
        }
    }

    /** Records an archive. The JVM writes the file when it shuts down. */
    private StartVariant train(String name, Jvm extracted, String output, String input, Path file) {
        Jvm training = extracted.withPortcullisFlags(List.of(output + file));
        try (RunningSubject running = new Launcher(world, training, Case.SOME_ROUTES).start(Subject.PORTCULLIS)) {
            var unused = wrk.run(load, running.origin(), TRAINING_SECONDS);
            running.process().stop(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (Files.notExists(file)) {
                throw running.process().failure("did not write " + file);
            }
        }
        log.accept("start: trained %s, %d MB".formatted(name, file.toFile().length() >> 20));
        return new StartVariant(name, extracted.withPortcullisFlags(List.of(input + file)));
    }
}
