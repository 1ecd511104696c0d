package io.portcullis.core.login;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** A clock that changes only when a test moves it, so that expiry and grace do not depend on the speed of the test. */
public final class MovableClock extends Clock {
    private static final DateTimeFormatter SQL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

    private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    public synchronized void advance(Duration by) {
        now = now.plus(by);
    }

    /** Returns the SQL for the current time, so that the database uses this clock, too. */
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
