package io.portcullis.core.login;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Stands still until it is moved: expiry and grace are then a matter of the test, not of how fast it runs. */
final class MovableClock extends Clock {
    private static final DateTimeFormatter SQL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

    private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    synchronized void advance(Duration by) {
        now = now.plus(by);
    }

    /** The same time as the database's. */
    String currentTimeSql() {
        return sql(now);
    }

    static String sql(Instant at) {
        return "TIMESTAMP'" + LocalDateTime.ofInstant(at, ZoneOffset.UTC).format(SQL) + "'";
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("only UTC");
    }
}
