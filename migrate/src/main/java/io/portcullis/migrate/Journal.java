package io.portcullis.migrate;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What this import has made, in the table {@code migration_import} of the target. Each method joins the transaction of its caller. */
final class Journal {
    private static final String COLUMNS = "source_key, target_id, fingerprint, imported_at";

    private final Database target;
    private final String source;

    /** @param source the name of the import */
    Journal(Database target, String source) {
        this.target = target;
        this.source = source;
    }

    /** What a journal entry is about. MySQL stores the constant's name. */
    enum Kind {
        ACCOUNT,
        CLIENT,
        SESSION
    }

    /** One thing that was made. */
    record Entry(String sourceKey, String targetId, String fingerprint, Instant importedAt) {}

    /** Returns the entries of these keys of the source, by key. */
    Map<String, Entry> find(Kind kind, Collection<String> sourceKeys) throws SQLException {
        Map<String, Entry> entries = new HashMap<>();
        target.selectIn(
                        "SELECT " + COLUMNS
                                + " FROM migration_import WHERE source_key IN (?) AND source = ? AND kind = ?",
                        sourceKeys,
                        Journal::entry,
                        source,
                        kind.name())
                .forEach(entry -> entries.put(entry.sourceKey(), entry));
        return entries;
    }

    /** Returns the next entries after this key of the source, in the order of the keys. */
    List<Entry> page(Kind kind, String after) throws SQLException {
        return target.select(
                "SELECT " + COLUMNS + " FROM migration_import WHERE source = ? AND kind = ? AND source_key > ?"
                        + " ORDER BY source_key LIMIT " + Source.PAGE,
                Journal::entry,
                source,
                kind.name(),
                after);
    }

    /** Calls the consumer for each page of entries. The consumer may remove entries. */
    void forEachPage(Kind kind, Source.PageConsumer<Entry> consumer) throws SQLException {
        String last = "";
        List<Entry> page;
        do {
            page = page(kind, last);
            if (!page.isEmpty()) {
                last = page.get(page.size() - 1).sourceKey();
                consumer.accept(page);
            }
        } while (page.size() == Source.PAGE);
    }

    void insert(Kind kind, String sourceKey, String targetId, String fingerprint, Instant at) throws SQLException {
        target.update(
                "INSERT INTO migration_import (source, kind, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?)",
                source,
                kind.name(),
                sourceKey,
                targetId,
                fingerprint,
                utc(at));
    }

    void updateFingerprint(Kind kind, String sourceKey, String fingerprint) throws SQLException {
        target.update(
                "UPDATE migration_import SET fingerprint = ? WHERE source = ? AND kind = ? AND source_key = ?",
                fingerprint,
                source,
                kind.name(),
                sourceKey);
    }

    void delete(Kind kind, String sourceKey) throws SQLException {
        target.update(
                "DELETE FROM migration_import WHERE source = ? AND kind = ? AND source_key = ?",
                source,
                kind.name(),
                sourceKey);
    }

    /** Returns a time for a column of the target, whose times are UTC. */
    static LocalDateTime utc(Instant at) {
        return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    }

    /** Returns the text of several values, from which a fingerprint is made. */
    static String joined(Object... values) {
        return String.join("\0", Stream.of(values).map(String::valueOf).toList());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("source_key"),
                row.getString("target_id"),
                row.getString("fingerprint"),
                row.getObject("imported_at", LocalDateTime.class).toInstant(ZoneOffset.UTC));
    }
}
