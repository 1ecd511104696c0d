package io.portcullis.migrate;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one import, from a properties file.
 *
 * @param name the name of the import in the journal, so that several sources can be imported
 * @param zone the time zone in which the source writes its times
 * @param administratorRole the role of the source whose users become administrators of the gateway; null for none
 * @param accountQuery the query that selects the accounts of a {@link SourceKind#QUERY}
 * @param minSecretLength the length in characters below which the secret of a client is not imported
 */
record MigrationSettings(
        SourceKind kind,
        String name,
        DatabaseAccess source,
        DatabaseAccess target,
        Set<ImportPart> parts,
        ZoneId zone,
        @Nullable String administratorRole,
        @Nullable String accountQuery,
        int minSecretLength) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final int DEFAULT_SECRET_LENGTH = 32;
    private static final int LEAST_SECRET_LENGTH = 12;
    private static final Set<String> KEYS = new TreeSet<>(Set.of(
            "source",
            "name",
            "source.url",
            "source.username",
            "source.password",
            "source.time-zone",
            "target.url",
            "target.username",
            "target.password",
            "import",
            "administrator-role",
            "account-query",
            "client-secret-min-length"));

    /** Where a database is. {@code toString} leaves out the password. */
    record DatabaseAccess(String role, String url, String username, String password) {
        @Override
        public String toString() {
            return role + " database as '" + username + "'";
        }
    }

    /**
     * Reads the settings.
     *
     * @param environment returns the value of an environment variable: {@code SOURCE_PASSWORD} and {@code TARGET_PASSWORD} stand in
     *     for passwords that the file does not have
     * @throws MigrationException if a value is missing, unknown or malformed
     */
    static MigrationSettings of(Properties properties, Function<String, @Nullable String> environment) {
        for (String key : properties.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                throw new MigrationException(key + ": unknown (expected: one of " + String.join(", ", KEYS) + ")");
            }
        }
        SourceKind kind = constant(SourceKind.class, "source", required(properties, "source"));
        Set<ImportPart> parts = parts(properties, kind);
        return new MigrationSettings(
                kind,
                name(properties, kind),
                access("source", properties, environment),
                access("target", properties, environment),
                parts,
                zone(properties, parts),
                find(properties, "administrator-role"),
                kind == SourceKind.QUERY ? required(properties, "account-query") : null,
                secretLength(properties));
    }

    private static String name(Properties properties, SourceKind kind) {
        String name = properties.getProperty("name", kind.name().toLowerCase(Locale.ROOT));
        if (!NAME.matcher(name).matches()) {
            throw new MigrationException(
                    "name: " + name + " (expected: 1 to 32 lower-case letters, digits or -, such as yudao)");
        }
        return name;
    }

    private static DatabaseAccess access(
            String role, Properties properties, Function<String, @Nullable String> environment) {
        String password = properties.getProperty(role + ".password");
        String variable = role.toUpperCase(Locale.ROOT) + "_PASSWORD";
        String known = password == null ? environment.apply(variable) : password;
        if (known == null) {
            throw new MigrationException(role + ".password: missing (expected: a value, or the environment variable "
                    + variable + "; empty for none)");
        }
        return new DatabaseAccess(
                role, required(properties, role + ".url"), required(properties, role + ".username"), known);
    }

    private static Set<ImportPart> parts(Properties properties, SourceKind kind) {
        String given = find(properties, "import");
        Set<ImportPart> parts = EnumSet.noneOf(ImportPart.class);
        if (given == null) {
            parts.addAll(kind == SourceKind.YUDAO ? EnumSet.allOf(ImportPart.class) : Set.of(ImportPart.ACCOUNTS));
        } else {
            Arrays.stream(given.split(",", -1))
                    .map(part -> constant(ImportPart.class, "import", part.strip()))
                    .forEach(parts::add);
        }
        if (kind != SourceKind.YUDAO && !parts.equals(Set.of(ImportPart.ACCOUNTS))) {
            throw new MigrationException(
                    "import: " + given + " (expected: accounts, which is all that can be imported from "
                            + kind.name().toLowerCase(Locale.ROOT) + ")");
        }
        return parts;
    }

    /** The tables have local times, and a wrong zone would make tokens live hours too long or kill them. */
    private static ZoneId zone(Properties properties, Set<ImportPart> parts) {
        String zone = find(properties, "source.time-zone");
        if (zone == null && parts.contains(ImportPart.TOKENS)) {
            throw new MigrationException(
                    "source.time-zone: missing (expected: the zone of the server that writes the tokens,"
                            + " such as Asia/Shanghai, because the tables have local times)");
        }
        try {
            return ZoneId.of(zone == null ? "UTC" : zone);
        } catch (DateTimeException e) {
            throw new MigrationException("source.time-zone: " + zone + " (expected: a zone such as Asia/Shanghai)", e);
        }
    }

    private static int secretLength(Properties properties) {
        String given = properties.getProperty("client-secret-min-length", String.valueOf(DEFAULT_SECRET_LENGTH));
        if (!given.matches("\\d{1,3}") || Integer.parseInt(given) < LEAST_SECRET_LENGTH) {
            throw new MigrationException("client-secret-min-length: " + given + " (expected: " + LEAST_SECRET_LENGTH
                    + " or more characters, 32 is recommended)");
        }
        return Integer.parseInt(given);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String key, String value) {
        for (E each : type.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(value)) {
                return each;
            }
        }
        String all = Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
        throw new MigrationException(key + ": " + value + " (expected: one of " + all + ")");
    }

    private static String required(Properties properties, String key) {
        String value = find(properties, key);
        if (value == null) {
            throw new MigrationException(key + ": missing (expected: a value, see docs/migration)");
        }
        return value;
    }

    private static @Nullable String find(Properties properties, String key) {
        String value = properties.getProperty(key);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Returns whether the part is imported. */
    boolean imports(ImportPart part) {
        return parts.contains(part);
    }
}
