package io.portcullis.core.login;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * An encoder to which every hash, a password behind {@code {noop}}, is outdated. Counts the new hashes and runs an action of the test
 * before each.
 */
final class OutdatedEncoder implements PasswordEncoder {
    private final AtomicInteger encoded = new AtomicInteger();
    private final Runnable beforeEncode;

    OutdatedEncoder(Runnable beforeEncode) {
        this.beforeEncode = beforeEncode;
    }

    int encoded() {
        return encoded.get();
    }

    @Override
    public String encode(@Nullable CharSequence password) {
        encoded.incrementAndGet();
        beforeEncode.run();
        return "{noop}" + password;
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
        return ("{noop}" + password).equals(hash);
    }

    @Override
    public boolean upgradeEncoding(@Nullable String hash) {
        return true;
    }
}
