package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Writes the changes of accounts and clients to the login log, in the surrounding transaction of the change (ADR 0029). */
final class AccountAudit {
    private final LoginLogRepository loginLog;
    private final Supplier<String> ids;
    private final Clock clock;

    AccountAudit(LoginLogRepository loginLog, Supplier<String> ids, Clock clock) {
        this.loginLog = loginLog;
        this.ids = ids;
        this.clock = clock;
    }

    /** Appends an entry about a change of the account. The entry has no session. */
    Mono<Void> append(LoginLogType type, Account account, Actor actor, @Nullable String detail) {
        return append(type, account.id(), account.username(), account.tenantId(), actor, detail);
    }

    /** Appends an entry about a change of the client, with what it may do now. The entry has no session. */
    Mono<Void> append(LoginLogType type, RegisteredClient client, Actor actor) {
        return append(type, client.userId(), client.userId(), null, actor, client.description());
    }

    private Mono<Void> append(
            LoginLogType type,
            String userId,
            String username,
            @Nullable String tenantId,
            Actor actor,
            @Nullable String detail) {
        return Mono.defer(() -> loginLog.append(new LoginLogEntry(
                ids.get(),
                type,
                LoginLogResult.SUCCESS,
                userId,
                username,
                null,
                actor.client().ip(),
                actor.client().userAgent(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                actor.userId(),
                detail,
                tenantId)));
    }

    /** Appends an entry about an account that was created or deleted, with its roles and its type. */
    Mono<Void> appendWhole(LoginLogType type, Account account, Actor actor) {
        return append(type, account, actor, "roles " + sorted(account.roles()) + ", user type " + account.userType());
    }

    /** Appends an entry with the roles of the account before and after. */
    Mono<Void> appendRoles(Account before, Set<String> after, Actor actor) {
        return append(
                LoginLogType.of(EndReason.ROLES_CHANGED),
                before,
                actor,
                "roles " + sorted(before.roles()) + " to " + sorted(after));
    }

    private static String sorted(Set<String> roles) {
        return new TreeSet<>(roles).toString();
    }
}
