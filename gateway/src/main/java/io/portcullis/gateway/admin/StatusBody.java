package io.portcullis.gateway.admin;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.StrictBody;

/** The request body that sets an account's status, {@code enabled} or {@code disabled}. */
record StatusBody(String status) implements StrictBody {
    AccountStatus toStatus() {
        AccountStatus known = QueryParameters.word("status", status, AccountStatus.class);
        if (known == null) {
            throw RequestFields.invalidField("status", "enabled or disabled");
        }
        return known;
    }
}
