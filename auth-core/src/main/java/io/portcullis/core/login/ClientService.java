package io.portcullis.core.login;

import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.client.ClientRepository;
import io.portcullis.core.client.ClientSecrets;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.session.ClientUserId;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.transaction.Transactions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Creates and changes OAuth 2 clients for administrators. A change, its entry in the login log, and the end of the sessions that the
 * client opened for itself are one transaction, which locks the client's row first. An opening that waits for the lock is refused
 * afterwards; a session that was opened before is ended.
 *
 * <p>A client that is disabled or deleted is stopped before, in a transaction of its own. Otherwise somebody with a stolen secret could
 * open sessions faster than they end, and the change would never succeed.
 */
public final class ClientService {
    private final ClientRepository clients;
    private final ClientDirectory directory;
    private final Transactions transactions;
    private final SessionTerminator terminator;
    private final AccountAudit audit;
    private final SecureRandom random;

    /** Creates a service. */
    public ClientService(
            ClientRepository clients,
            ClientDirectory directory,
            Transactions transactions,
            SessionTerminator terminator,
            LoginLogRepository loginLog,
            Supplier<String> ids,
            SecureRandom random,
            Clock clock) {
        this.clients = clients;
        this.directory = directory;
        this.transactions = transactions;
        this.terminator = terminator;
        this.audit = new AccountAudit(loginLog, ids, clock);
        this.random = random;
    }

    /** A client with the secret that was created for it; the secret is empty for a public client. {@code toString} hides it. */
    public record CreatedSecret(RegisteredClient client, String secret) {
        @Override
        public String toString() {
            return "CreatedSecret[client=" + client + "]";
        }
    }

    /**
     * Creates a client, with a secret if it is confidential. Fails with {@code CONFLICT} if the id exists, also in the configuration, and
     * with {@code BAD_REQUEST} for the role {@code admin}, which only the configuration gives to a client.
     *
     * @param request the client without secrets
     */
    public Mono<CreatedSecret> create(RegisteredClient request, Actor actor) {
        return Mono.defer(() -> {
            requireNoAdministrator(request);
            if (directory.isConfigured(request.id())) {
                return Mono.error(
                        PortcullisException.of(ErrorCode.CONFLICT, "id: the configuration has a client with it"));
            }
            String secret = request.confidential() ? ClientSecrets.create(random) : "";
            RegisteredClient client =
                    request.confidential() ? request.withSecrets(List.of(ClientSecrets.digest(secret))) : request;
            return transactions
                    .execute(clients.insert(client).then(audit.append(LoginLogType.CLIENT_CREATED, client, actor)))
                    .thenReturn(new CreatedSecret(client, secret));
        });
    }

    /**
     * Changes the name, the grants, scopes, roles and lifetimes of a client, and whether it is enabled. If it is disabled or its scopes or
     * roles change, the sessions that it opened for itself end. If the change to a disabled client fails, it may be disabled all the same.
     * Fails with {@code NOT_FOUND} if there is no such client; otherwise as
     * {@link #create}.
     *
     * @param request the new values; the type and the secrets stay
     */
    public Mono<Void> update(RegisteredClient request, Actor actor) {
        return Mono.defer(() -> {
            requireNoAdministrator(request);
            Mono<Void> changed = Mono.defer(
                    () -> change(request.id(), actor, before -> before.with(request), ClientService::reasonOf));
            return request.enabled()
                    ? changed
                    : BackgroundWork.run(
                            stop(request.id(), before -> before.with(request)).then(changed));
        });
    }

    private static @Nullable EndReason reasonOf(RegisteredClient before, RegisteredClient after) {
        if (!after.enabled()) {
            return EndReason.ACCOUNT_DISABLED;
        }
        boolean same = before.scopes().equals(after.scopes()) && before.roles().equals(after.roles());
        return same ? null : EndReason.ROLES_CHANGED;
    }

    /**
     * Adds a secret, so that the client has two until {@link #removePreviousSecret}. Fails with {@code CONFLICT} if it has two already, or
     * is public.
     */
    public Mono<CreatedSecret> addSecret(String id, Actor actor) {
        String secret = ClientSecrets.create(random);
        return change(
                        id,
                        actor,
                        before -> {
                            if (!before.confidential()
                                    || before.secretDigests().size() >= RegisteredClient.MAX_SECRETS) {
                                throw PortcullisException.of(
                                        ErrorCode.CONFLICT, "secret (expected: a confidential client with one secret)");
                            }
                            return before.withSecrets(Stream.concat(
                                            Stream.of(ClientSecrets.digest(secret)), before.secretDigests().stream())
                                    .toList());
                        },
                        (before, after) -> null)
                .then(Mono.defer(() -> clients.find(id)))
                .map(client -> new CreatedSecret(client, secret));
    }

    /**
     * Removes the older of two secrets, and ends the sessions that the client opened for itself: one of them may have been opened with a
     * stolen secret. Fails with {@code CONFLICT} if the client does not have two.
     */
    public Mono<Void> removePreviousSecret(String id, Actor actor) {
        return change(
                id,
                actor,
                before -> {
                    if (before.secretDigests().size() < RegisteredClient.MAX_SECRETS) {
                        throw PortcullisException.of(
                                ErrorCode.CONFLICT, "secret (expected: a client with two secrets)");
                    }
                    return before.withSecrets(before.secretDigests().subList(0, 1));
                },
                (before, after) -> EndReason.PASSWORD_CHANGED);
    }

    /**
     * Deletes a client and ends the sessions that it opened for itself. If that fails, the client may be disabled. Fails with
     * {@code NOT_FOUND} if there is no such client.
     */
    public Mono<Void> delete(String id, Actor actor) {
        return BackgroundWork.run(stop(id, UnaryOperator.identity())
                .flatMap(found -> terminator.endAllAfter(
                        locked(id)
                                .then(clients.delete(id))
                                .then(audit.append(LoginLogType.CLIENT_DELETED, found, actor)),
                        ClientUserId.of(id),
                        null,
                        EndReason.ACCOUNT_DELETED,
                        actor)));
    }

    /**
     * Disables a client at once. Emits the client as it was. Errors as {@code change}, with no effect.
     *
     * @param change the change that follows
     */
    private Mono<RegisteredClient> stop(String id, UnaryOperator<RegisteredClient> change) {
        return transactions.execute(locked(id)
                .delayUntil(before -> Mono.just(change.apply(before))
                        .filter(after -> before.enabled())
                        .flatMap(after -> clients.update(before.disabled()))));
    }

    /** Decides on the reason for which the sessions of a client end after a change; null if they stay. */
    @FunctionalInterface
    private interface EndDecision {
        @Nullable
        EndReason reason(RegisteredClient before, RegisteredClient after);
    }

    private Mono<Void> change(
            String id, Actor actor, Function<RegisteredClient, RegisteredClient> change, EndDecision decision) {
        Mono<RegisteredClient> written = locked(id).flatMap(before -> {
            RegisteredClient after = change.apply(before);
            return clients.update(after)
                    .then(audit.append(LoginLogType.CLIENT_CHANGED, after, actor))
                    .thenReturn(after);
        });
        return BackgroundWork.run(transactions.execute(locked(id)).flatMap(before -> {
            EndReason reason = decision.reason(before, change.apply(before));
            return reason == null
                    ? transactions.execute(written).then()
                    : terminator.endAllAfter(written, ClientUserId.of(id), null, reason, actor);
        }));
    }

    private Mono<RegisteredClient> locked(String id) {
        return Mono.defer(() -> clients.findForUpdate(id))
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(
                        ErrorCode.NOT_FOUND,
                        "No client has this id. Clients of the configuration are changed there.")));
    }

    private static void requireNoAdministrator(RegisteredClient request) {
        if (request.roles().contains(AccountService.ADMIN_ROLE)) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "roles (expected: without " + AccountService.ADMIN_ROLE
                            + ", which only the configuration gives to a client)");
        }
    }
}
