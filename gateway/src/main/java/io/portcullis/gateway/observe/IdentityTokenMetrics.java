package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.identity.IdentityTokens;

/** Registers the metrics of the signed identity. */
final class IdentityTokenMetrics implements MeterBinder {
    private final IdentityTokens tokens;

    IdentityTokenMetrics(IdentityTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("portcullis.identity.tokens.signed", tokens, IdentityTokens::signed)
                .description("Signed identities that were made for services")
                .register(registry);
        FunctionCounter.builder("portcullis.identity.tokens.refused", tokens, IdentityTokens::refused)
                .description(
                        "Signed identities that were not made, because this node had no key or too many signatures waited")
                .register(registry);
    }
}
