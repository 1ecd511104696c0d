package io.portcullis.core.event;

import org.jspecify.annotations.Nullable;

/** Selects undelivered events. A component that is null selects all. */
public record SessionEventFilter(
        @Nullable SessionEventState state, @Nullable String sessionId) {}
