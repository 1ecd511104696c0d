package io.portcullis.migrate;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The entry point: {@code plan|apply|undo} and a properties file. */
public final class Migrate {
    private static final String USAGE = """
            Usage: java -jar portcullis-migrate-exec.jar <command> <file.properties>
              plan   print what would be imported, and why the rest would not; writes nothing
              apply  import; a repetition imports what is new
              undo   remove what was imported and has not been used since
            The guides are in docs/migration.""";

    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private Migrate() {}

    /** Runs one command. The exit code is 0 when it was done, 1 when it failed, 2 when the arguments are wrong. */
    public static void main(String[] arguments) {
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(run(arguments, System.out, System.err, System::getenv));
    }

    /**
     * Runs one command.
     *
     * @param environment returns the value of an environment variable
     * @return the exit code
     */
    public static int run(
            String[] arguments, PrintStream out, PrintStream err, Function<String, @Nullable String> environment) {
        Command command = arguments.length == 2 ? command(arguments[0]) : null;
        if (command == null) {
            err.println(USAGE);
            return WRONG_USAGE;
        }
        try {
            MigrationSettings settings = MigrationSettings.of(read(Path.of(arguments[1])), environment);
            new Migration(settings, out, Clock.systemUTC()).run(command);
            return 0;
        } catch (MigrationException e) {
            err.println(e.getMessage());
        } catch (SQLException e) {
            err.println("The database failed: " + e.getMessage() + ". What was reported is done, the rest is not. Run '"
                    + command.name().toLowerCase(Locale.ROOT) + "' again.");
        }
        return FAILED;
    }

    private static @Nullable Command command(String text) {
        for (Command command : Command.values()) {
            if (command.name().equalsIgnoreCase(text)) {
                return command;
            }
        }
        return null;
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new MigrationException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        return properties;
    }
}
