package io.portcullis.core.audit;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.AddressBlock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Port: the login log in MySQL. Every error is {@code UNAVAILABLE}. */
public interface LoginLogRepository {

    /** Adds an entry, in the surrounding transaction if there is one. */
    Mono<Void> append(LoginLogEntry entry);

    /** One page, newest first. */
    Mono<Page<LoginLogEntry>> page(LoginLogFilter filter, PageRequest request);

    /**
     * Counts passwords that were wrong since then, on all nodes.
     *
     * @param userId the account; null when the name belongs to none, and then only the tries from the block are counted
     * @param username the name as it was presented
     */
    Mono<FailedAttempts> countFailedAttempts(
            @Nullable String userId, String username, AddressBlock block, Instant since);

    /** Whether a login under that name has succeeded from the block, as far back as the log goes. */
    Mono<Boolean> hasLoggedInFrom(String username, AddressBlock block);
}
