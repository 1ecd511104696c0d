package io.portcullis.gateway.admin;

import io.portcullis.core.account.Account;
import java.util.List;

/** An account without its password; the time in epoch milliseconds. */
record AccountBody(String id, String username, String status, List<String> roles, String userType, long createTime) {
    static AccountBody of(Account account) {
        return new AccountBody(
                account.id(),
                account.username(),
                QueryParameters.word(account.status().name()),
                account.roles().stream().sorted().toList(),
                account.userType(),
                account.createdAt().toEpochMilli());
    }
}
