package io.portcullis.core.audit;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.AddressBlock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Port: stores the login log in MySQL. Every error is {@code UNAVAILABLE}. */
public interface LoginLogRepository {

    /** Appends an entry, in the surrounding transaction if there is one. */
    Mono<Void> append(LoginLogEntry entry);

    /** Emits one page of the matching entries, newest first. */
    Mono<Page<LoginLogEntry>> page(LoginLogFilter filter, PageRequest request);

    /**
     * Counts the wrong passwords of all nodes since a point in time. Always emits one value.
     *
     * @param userId the account's id; null when the username has no account. Then only the attempts from the block
     *     are counted
     * @param username the username as the client presented it
     * @param tenantId the tenant to which the username belongs; null for none
     * @param since the start of the counted window
     */
    Mono<FailedAttempts> countFailedAttempts(
            @Nullable String userId, String username, @Nullable String tenantId, AddressBlock block, Instant since);

    /** Emits whether the log has a successful login of this username of this tenant, or of none, from the block of addresses. */
    Mono<Boolean> hasLoggedInFrom(String username, @Nullable String tenantId, AddressBlock block);
}
