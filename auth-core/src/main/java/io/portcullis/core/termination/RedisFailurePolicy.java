package io.portcullis.core.termination;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.transaction.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Decides what a failed tombstone means for the transaction that sent it, and for the node's trust in Redis.
 *
 * <p>Under {@link WhenRedisFails#QUEUE} the transaction goes on, and this node stops trusting Redis before the commit, because Redis may
 * still hold the identity of the revoked access token. So the node does not serve a session whose end it has answered. The node trusts
 * Redis again after its replay has written the tombstone.
 */
public final class RedisFailurePolicy {
    private static final Logger log = LoggerFactory.getLogger(RedisFailurePolicy.class);

    private final WhenRedisFails whenRedisFails;
    private final DegradedMode degraded;

    /** @param degraded the trust in Redis of the node that ends sessions */
    public RedisFailurePolicy(WhenRedisFails whenRedisFails, DegradedMode degraded) {
        this.whenRedisFails = whenRedisFails;
        this.degraded = degraded;
    }

    /**
     * Applies the policy to the write of a tombstone in the surrounding transaction, which has entered the access token in the ledger.
     * Under {@link WhenRedisFails#QUEUE} the result does not fail with {@code UNAVAILABLE}.
     */
    Mono<Void> applyTo(Mono<Void> tombstone, Transactions transactions) {
        return switch (whenRedisFails) {
            case REJECT -> tombstone;
            case QUEUE -> tombstone.onErrorResume(PortcullisException.class, failure -> queue(failure, transactions));
        };
    }

    /**
     * Enters degraded mode twice. Before the commit, because another logout of the same session is answered as soon as the session has
     * ended in MySQL. After the commit, because a replay before the commit does not see the row of the ledger.
     */
    private Mono<Void> queue(PortcullisException failure, Transactions transactions) {
        log.debug(
                "Cannot write a tombstone to Redis; the replay of the ledger will revoke the access token there",
                failure);
        Mono<Void> distrust = Mono.fromRunnable(() -> distrustAfter(failure));
        return distrust.then(transactions.afterCommit(distrust));
    }

    /**
     * Ends this node's trust in Redis, because the transaction that revoked an access token has committed, or will commit, although the
     * write of the tombstone failed.
     */
    public void distrustAfter(Throwable failure) {
        degraded.enterWithoutTombstone(failure);
    }
}
