package io.portcullis.core.r2dbc;

/** Provides the schema of its first version. */
public final class FirstSchema {
    private FirstSchema() {}

    public static void create(String r2dbcUrl, String username, String password) {
        SchemaMigration.migrate(r2dbcUrl, username, password, "1");
    }
}
