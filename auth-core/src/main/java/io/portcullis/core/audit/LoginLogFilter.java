package io.portcullis.core.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects entries of the login log. A null component matches every entry. {@code from} is inclusive, {@code to} is
 * exclusive. The type and the result {@code OTHER} match the stored values that this release does not define.
 */
public record LoginLogFilter(
        @Nullable String username,
        @Nullable String ip,
        @Nullable LoginLogType type,
        @Nullable LoginLogResult result,
        @Nullable Instant from,
        @Nullable Instant to) {}
