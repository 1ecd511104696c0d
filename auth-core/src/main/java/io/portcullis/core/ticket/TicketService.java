package io.portcullis.core.ticket;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.TicketPath;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.use.TokenUse;
import io.portcullis.core.token.use.TokenUseRecorder;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * Issues tickets and redeems them (docs/design.md section 12, docs/adr/0026). The text of a ticket names its session and path under
 * the key ring's HMAC, so a forged ticket and a ticket for another path are refused without a store. MySQL decides that a ticket is
 * used once, and whether its session is live. Redis is not asked.
 */
public final class TicketService {
    private static final String MYSQL = "MySQL";
    private static final int MAX_CONCURRENT = 8;
    private static final int MAX_WAITING = 200;
    /** Less than the deadline of a transaction, so that a store that hangs is noticed before the next callers get a permit. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(3);

    private final TokenCodec codec;
    private final Transactions transactions;
    private final SessionRepository sessions;
    private final TicketRepository tickets;
    private final TicketSettings settings;
    private final TokenUseRecorder uses;
    private final Clock clock;
    /** Bounds the connections that repeated uses of genuine tickets take from the pool. */
    private final ConcurrencyLimit limit = new ConcurrencyLimit(MYSQL, MAX_CONCURRENT, MAX_WAITING, () -> {});

    /** Creates a service. */
    public TicketService(
            TokenCodec codec,
            Transactions transactions,
            SessionRepository sessions,
            TicketRepository tickets,
            TicketSettings settings,
            TokenUseRecorder uses,
            Clock clock) {
        this.codec = codec;
        this.transactions = transactions;
        this.sessions = sessions;
        this.tickets = tickets;
        this.settings = settings;
        this.uses = uses;
        this.clock = clock;
    }

    /**
     * Emits a new ticket of a live session; never empty. Errors: the reason for the end of the session, {@code ACCESS_TOKEN_INVALID}
     * if MySQL has no such session, {@code TOO_MANY_REQUESTS} if the session has as many open tickets as it may have, or
     * {@code UNAVAILABLE} if MySQL failed.
     *
     * @param path the path to which the ticket is bound, or {@link TicketPath#ANY}
     */
    public Mono<Token> issue(String sessionId, TicketPath path) {
        return Mono.defer(() -> {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            Token ticket = codec.mintTicket(sessionId, path, now.plus(settings.life()));
            return transactions.execute(sessions.findByIdForUpdate(sessionId)
                    .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.ACCESS_TOKEN_INVALID)))
                    .flatMap(session -> insert(ticket, session).thenReturn(ticket)));
        });
    }

    private Mono<Void> insert(Token ticket, LockedSession locked) {
        Session session = locked.session();
        if (!session.live(locked.at())) {
            return Mono.error(PortcullisException.of(reasonOf(session)));
        }
        return tickets.countOpen(session.id())
                .filter(open -> open < settings.maxOpen())
                .switchIfEmpty(
                        Mono.error(() -> PortcullisException.retryLater(ErrorCode.TOO_MANY_REQUESTS, settings.life())))
                .flatMap(open -> tickets.insert(
                        ticket.digest(), session.id(), locked.at().plus(settings.life())));
    }

    /**
     * Uses the ticket up and emits the identity of its session; never empty. Errors: {@code TICKET_INVALID} if the text is no
     * ticket, or the ticket is used, expired or bound to another path; the reason for the end of its session; {@code UNAVAILABLE}
     * if MySQL failed, in which case it is unknown whether the ticket is used up. A ticket that is refused for its path or its session
     * is not used up. Once started, the use finishes even if the subscriber cancels.
     *
     * @param path the path of the request
     * @param clientAddress supplies the address that the ticket is used from, without a port. Called only if the ticket is accepted
     */
    public Mono<Identity> redeem(String ticket, TicketPath path, Supplier<String> clientAddress) {
        return Mono.defer(() -> ownTicket(codec.verify(TokenKind.TICKET, ticket))
                .filter(token -> token.isGoodFor(path))
                .map(this::redeem)
                .orElseGet(TicketService::refuse)
                .doOnNext(identity -> uses.record(
                        TokenUse.ticketsOf(identity.sessionId()),
                        identity.sessionId(),
                        identity.userId(),
                        identity.tenantId(),
                        clientAddress.get())));
    }

    private Mono<Identity> redeem(Token ticket) {
        String sessionId = Objects.requireNonNull(ticket.sessionId());
        Mono<Identity> used = transactions.execute(tickets.consume(ticket.digest())
                .filter(consumed -> consumed)
                .flatMap(consumed -> tickets.findIdentity(sessionId).switchIfEmpty(refuseEnded(sessionId))));
        return BackgroundWork.run(limit.run(used, running -> running.timeout(MAX_WAIT)))
                .onErrorMap(TimeoutException.class, late -> PortcullisException.storeUnavailable(MYSQL, late))
                .switchIfEmpty(Mono.defer(TicketService::refuse));
    }

    /**
     * Returns a ticket with a valid HMAC. One that has expired by this node's clock may still be good by the database's, which
     * decides, as long as the difference of the clocks is tolerated. A ticket under a key that another node has is returned as well: it is
     * the one that it claims to be, if MySQL holds its digest.
     *
     * @throws PortcullisException {@code UNAVAILABLE} if this node cannot know whether another node has the key
     */
    private Optional<Token> ownTicket(TokenVerification verification) {
        if (verification instanceof TokenVerification.Genuine genuine) {
            return Optional.of(genuine.token());
        }
        if (verification instanceof TokenVerification.UnknownKey unknown) {
            return switch (unknown.standing()) {
                case UNKNOWN -> Optional.empty();
                case OTHER_NODE -> Optional.of(unknown.claimed());
                case UNCERTAIN -> throw PortcullisException.storeUnavailable(MYSQL, null);
            };
        }
        return verification instanceof TokenVerification.Expired expired
                        && clock.instant().isBefore(expired.token().expiresAt().plus(RevokedToken.CLOCK_SKEW))
                ? Optional.of(expired.token())
                : Optional.empty();
    }

    /** Emits the reason for the end of a session that is not live. */
    private Mono<Identity> refuseEnded(String sessionId) {
        return sessions.findById(sessionId)
                .map(TicketService::reasonOf)
                .defaultIfEmpty(ErrorCode.TICKET_INVALID)
                .flatMap(code -> Mono.error(PortcullisException.of(code)));
    }

    private static ErrorCode reasonOf(Session session) {
        EndReason reason = session.endReason();
        return reason == null ? ErrorCode.SESSION_EXPIRED : reason.errorCode();
    }

    private static <T> Mono<T> refuse() {
        return Mono.error(PortcullisException.of(ErrorCode.TICKET_INVALID));
    }
}
