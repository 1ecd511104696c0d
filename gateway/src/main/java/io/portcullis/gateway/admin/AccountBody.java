package io.portcullis.gateway.admin;

import io.portcullis.core.account.Account;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Represents an account in a response, without its password. {@code createTime} is in epoch milliseconds. */
record AccountBody(
        String id,
        String username,
        String status,
        List<String> roles,
        String userType,
        @Nullable String tenantId,
        long createTime) {
    static AccountBody of(Account account) {
        return new AccountBody(
                account.id(),
                account.username(),
                QueryParameters.word(account.status().name()),
                account.roles().stream().sorted().toList(),
                account.userType(),
                account.tenantId(),
                account.createdAt().toEpochMilli());
    }
}
