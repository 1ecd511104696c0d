package io.portcullis.gateway.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.check.TokenCheckListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.problem.BearerRequestException;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.route.RouteRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RouteAccessTests {
    private static final String GOOD = "good";
    private static final Identity CALLER = new Identity("1", "a", "admin", null, Set.of("editor"), "s");

    private final List<String> checked = new ArrayList<>();
    private final List<Admission> admitted = new ArrayList<>();
    private final RouteAccess access = new RouteAccess(this::authenticate, this::sign);

    private Disposable authenticate(String token, Supplier<String> address, TokenCheckListener listener) {
        checked.add(token);
        if (token.equals(GOOD)) {
            listener.passed(CALLER);
        } else {
            listener.failed(PortcullisException.of(ErrorCode.ACCESS_TOKEN_INVALID));
        }
        return Disposables.disposed();
    }

    private CompletableFuture<String> sign(Identity identity, String audience) {
        return CompletableFuture.completedFuture(identity.userId() + "@" + audience);
    }

    private Mono<Void> decide(Map<String, ?> metadata, @Nullable String token) {
        return access.decide(RouteRules.of("route", metadata), new Source(token), admission -> {
            admitted.add(admission);
            return Mono.empty();
        });
    }

    private record Source(@Nullable String token) implements RouteAccess.TokenSource {
        @Override
        public String clientAddress() {
            return "192.0.2.1";
        }
    }

    private void assertRefused(Mono<Void> decision, ErrorCode code) {
        StepVerifier.create(decision)
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                PortcullisException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(code)));
        assertThat(admitted).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"required,false,PRESENTED", "required,true,NONE", "optional,false,PRESENTED", "optional,true,NONE"})
    void decideWhenTheTokenIsGoodThenIdentified(String auth, boolean forward, RemovedTokens removed) {
        StepVerifier.create(decide(Map.of("auth", auth, "forward-token", forward), GOOD))
                .verifyComplete();

        assertThat(admitted).containsExactly(new Admission.Identified(CALLER, removed, null));
    }

    @ParameterizedTest
    @CsvSource({"required", "optional"})
    void decideWhenTheTokenIsBadThenRefused(String auth) {
        assertRefused(decide(Map.of("auth", auth), "bad"), ErrorCode.ACCESS_TOKEN_INVALID);
    }

    @Test
    void decideWhenThereIsNoTokenAndOneIsNeededThenRefused() {
        assertRefused(decide(Map.of(), null), ErrorCode.UNAUTHENTICATED);
        assertThat(checked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false,OWN", "true,NONE"})
    void decideWhenThereIsNoTokenAndNoneIsNeededThenAnonymous(boolean forward, RemovedTokens removed) {
        StepVerifier.create(decide(Map.of("auth", "optional", "forward-token", forward), null))
                .verifyComplete();

        assertThat(admitted).containsExactly(new Admission.Anonymous(removed));
    }

    @ParameterizedTest
    @CsvSource({"false,OWN", "true,NONE"})
    void decideWhenTheRouteIsOpenThenAnonymousAndTheTokenIsNotRead(boolean forward, RemovedTokens removed) {
        RouteRules rules = RouteRules.of("route", Map.of("auth", "none", "forward-token", forward));

        StepVerifier.create(access.decide(
                        rules,
                        new RouteAccess.TokenSource() {
                            @Override
                            public String token() {
                                throw new AssertionError("a route without authentication reads no token");
                            }

                            @Override
                            public String clientAddress() {
                                throw new AssertionError("a route without authentication records no use");
                            }
                        },
                        admission -> {
                            admitted.add(admission);
                            return Mono.empty();
                        }))
                .verifyComplete();

        assertThat(admitted).containsExactly(new Admission.Anonymous(removed));
        assertThat(checked).isEmpty();
    }

    @Test
    void decideWhenTheTokensAreContradictoryThenTheRefusalIsEmitted() {
        var source = new RouteAccess.TokenSource() {
            @Override
            public String token() {
                throw new BearerRequestException("more than one bearer token");
            }

            @Override
            public String clientAddress() {
                throw new AssertionError("a request without a token records no use");
            }
        };

        StepVerifier.create(access.decide(RouteRules.of("route", Map.of()), source, admission -> Mono.empty()))
                .verifyError(BearerRequestException.class);
    }

    @Test
    void decideWhenTheCallerHasOneOfTheRolesThenIdentified() {
        StepVerifier.create(decide(Map.of("roles", List.of("admin", "editor")), GOOD))
                .verifyComplete();

        assertThat(admitted).containsExactly(new Admission.Identified(CALLER, RemovedTokens.PRESENTED, null));
    }

    @Test
    void decideWhenTheCallerHasNoneOfTheRolesThenRefused() {
        StepVerifier.create(decide(Map.of("roles", List.of("admin", "auditor")), GOOD))
                .verifyError(MissingRoleException.class);

        assertThat(admitted).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,pca_1,false",
        "OWN,pca_1,true",
        "OWN,pcr_1,true",
        "OWN,xpca_1,false",
        "OWN,'',false",
        "PRESENTED,pca_1,true",
        "PRESENTED,x,true"
    })
    void includesWhenATokenIsPresentedThenByItsRule(RemovedTokens removed, String token, boolean expected) {
        assertThat(removed.includes(token)).isEqualTo(expected);
    }

    @Test
    void decideWhenTheRouteIsSignedThenTheAdmissionHasTheTokenForTheRoute() {
        StepVerifier.create(decide(Map.of("signed-identity", true), GOOD)).verifyComplete();

        assertThat(admitted).containsExactly(new Admission.Identified(CALLER, RemovedTokens.PRESENTED, "1@route"));
        assertThat(admitted.toString()).doesNotContain("1@route");
    }

    @Test
    void decideWhenTheIdentityCannotBeSignedThenRefusedAndNotAdmittedWithoutIt() {
        var failing = new RouteAccess(
                this::authenticate,
                (identity, audience) -> CompletableFuture.failedFuture(
                        PortcullisException.retryLater(ErrorCode.UNAVAILABLE, Duration.ofSeconds(1))));
        RouteRules rules = RouteRules.of("route", Map.of("signed-identity", true));

        assertRefused(failing.decide(rules, new Source(GOOD), admission -> Mono.empty()), ErrorCode.UNAVAILABLE);
        assertRefused(failing.admit(CALLER, rules).then(), ErrorCode.UNAVAILABLE);
    }

    @Test
    void admitWhenTheCallerHasNoneOfTheRolesThenRefused() {
        RouteRules rules = RouteRules.of("route", Map.of("roles", List.of("admin")));

        StepVerifier.create(access.admit(CALLER, rules)).verifyError(MissingRoleException.class);
    }
}
