package io.portcullis.core.r2dbc;

import io.portcullis.core.error.RootCause;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Finds the server that takes the writes, over JDBC, for the migration of the schema. Blocks. */
final class MigrationServers {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 500;
    /** A server that hangs must not keep the others from being asked. A migration itself may take longer. */
    private static final String ANSWER_LIMIT = "&socketTimeout=5000";

    private final List<List<String>> servers;
    private final String username;
    private final String password;

    /** @param servers for each server the JDBC URLs to try in order */
    MigrationServers(List<List<String>> servers, String username, String password) {
        this.servers = servers;
        this.username = username;
        this.password = password;
    }

    /**
     * Returns the only server, or waits up to 30 s until exactly one of several, or all nodes of one Galera cluster, take writes.
     *
     * @throws SQLException if the only server cannot be reached, or no one of several can be used
     */
    MigrationDataSource writer() throws SQLException {
        if (servers.size() == 1) {
            return source(servers.get(0));
        }
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            List<Answer> answers = ask();
            List<Answer> writable =
                    answers.stream().filter(answer -> answer.state.isWritable()).toList();
            if (!writable.isEmpty() && writable.stream().allMatch(one -> one.mayReplace(writable.get(0)))) {
                return source(writable.get(0).urls);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new SQLException(
                        (writable.isEmpty() ? "no server takes writes: " : "more than one server takes writes: ")
                                + answers.stream().map(Answer::toString).collect(Collectors.joining("; ")));
            }
            pause();
        }
    }

    private static void pause() throws SQLException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for a server that takes writes", e);
        }
    }

    private List<Answer> ask() {
        List<Answer> answers = new ArrayList<>();
        for (List<String> urls : servers) {
            List<String> limited = urls.stream().map(url -> url + ANSWER_LIMIT).toList();
            try (Connection connection = source(limited).getConnection()) {
                ServerState state = state(connection);
                answers.add(new Answer(urls, state, state.role().toString()));
            } catch (SQLException e) {
                answers.add(new Answer(urls, ServerState.UNREACHABLE, RootCause.describe(e)));
            }
        }
        return answers;
    }

    private record Answer(List<String> urls, ServerState state, String text) {
        boolean mayReplace(Answer other) {
            return equals(other) || state.isOfTheClusterOf(other.state);
        }

        @Override
        public String toString() {
            return urls.get(0).replaceFirst("\\?.*", "") + " " + text;
        }
    }

    private static ServerState state(Connection connection) throws SQLException {
        Map<String, String> values = ServerVariables.read(connection, ServerState.VARIABLES, ServerState.STATUS);
        return ServerState.of(values, ServerState.needsReplication(values) && replicates(connection));
    }

    /** Returns whether MySQL replicates from another server; false if the account may not ask. */
    private static boolean replicates(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ServerState.REPLICATION)) {
            return row.next()
                    && ServerState.replicates(
                            row.getString("Replica_IO_Running"), row.getString("Replica_SQL_Running"));
        } catch (SQLException e) {
            return false;
        }
    }

    /** Returns a data source with the first TLS setting that the server supports. */
    private MigrationDataSource source(List<String> urls) throws SQLException {
        for (String url : urls.subList(0, urls.size() - 1)) {
            var source = new MigrationDataSource(url, username, password);
            try {
                source.getConnection().close();
                return source;
            } catch (SQLException e) {
                if (!String.valueOf(e.getMessage()).contains("ssl not enabled in the server")) {
                    throw e;
                }
            }
        }
        return new MigrationDataSource(urls.get(urls.size() - 1), username, password);
    }
}
