package io.portcullis.migrate;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the tool reads from another system. It changes nothing there. A source that lacks a part emits nothing for it. */
interface Source {
    /** The number of rows that are read, and imported in one transaction. */
    int PAGE = 200;

    /** Handles one page of rows. */
    @FunctionalInterface
    interface PageConsumer<T> {
        void accept(List<T> page) throws SQLException;
    }

    /**
     * Checks that the database has the tables and columns that are read.
     *
     * @throws MigrationException if it does not
     */
    void check(Set<ImportPart> parts) throws SQLException;

    /** Reads all users that are not deleted, page by page. */
    void accounts(PageConsumer<SourceAccount> consumer) throws SQLException;

    /** Returns the names that several users have, each with the ids of these users. */
    Map<String, String> doubledUsernames() throws SQLException;

    /** Returns the users with these ids that are not deleted, by id. */
    Map<String, SourceAccount> accountsById(Set<String> ids) throws SQLException;

    /** Reads all OAuth 2 clients that are not deleted. */
    default List<SourceClient> clients() throws SQLException {
        return List.of();
    }

    /** Reads all logins whose refresh token has not expired, page by page. */
    default void sessions(PageConsumer<SourceSession> consumer) throws SQLException {}
}
