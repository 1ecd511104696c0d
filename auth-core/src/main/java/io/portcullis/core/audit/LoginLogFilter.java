package io.portcullis.core.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which entries to list; null matches all. {@code from} is included, {@code to} is not. */
public record LoginLogFilter(
        @Nullable String username,
        @Nullable String ip,
        @Nullable LoginLogType type,
        @Nullable LoginLogResult result,
        @Nullable Instant from,
        @Nullable Instant to) {}
