package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.Nullable;

/** The request body of a login. The constructor validates the fields; unknown fields are ignored. */
record LoginBody(String username, String password, @Nullable String device) implements EndpointBody {
    LoginBody {
        username = RequestFields.username(username);
        password = RequestFields.password("password", password);
        device = RequestFields.optionalText("device", device, 64);
    }

    @Override
    public String toString() {
        return "LoginBody[username=" + username + "]";
    }
}
