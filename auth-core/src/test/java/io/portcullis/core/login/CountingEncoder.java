package io.portcullis.core.login;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * A real password encoder in the delegating format. Counts the comparisons and runs an action of the test before
 * each.
 */
final class CountingEncoder implements PasswordEncoder {
    private static final String PREFIX = "{bcrypt}";

    private final BCryptPasswordEncoder bcrypt = new BCryptPasswordEncoder(4);
    private final AtomicInteger comparisons = new AtomicInteger();
    private final Runnable before;

    CountingEncoder() {
        this(() -> {});
    }

    CountingEncoder(Runnable before) {
        this.before = before;
    }

    int comparisons() {
        return comparisons.get();
    }

    @Override
    public String encode(@Nullable CharSequence password) {
        return PREFIX + bcrypt.encode(password);
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
        comparisons.incrementAndGet();
        before.run();
        return hash != null && bcrypt.matches(password, hash.substring(PREFIX.length()));
    }
}
