package io.portcullis.core.audit;

import io.portcullis.core.transaction.Page;
import io.portcullis.core.transaction.PageRequest;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Port: the login log in MySQL. Every error is {@code UNAVAILABLE}. */
public interface LoginLog {

    /** Adds an entry, in the surrounding transaction if there is one. */
    Mono<Void> append(LoginLogEntry entry);

    /** One page, newest first. */
    Mono<Page<LoginLogEntry>> page(LoginLogFilter filter, PageRequest request);

    /** How many logins under that name, from that address, were refused for bad credentials since then. */
    Mono<Long> countBadCredentials(String username, String ip, Instant since);
}
