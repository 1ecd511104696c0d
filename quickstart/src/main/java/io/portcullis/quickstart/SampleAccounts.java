package io.portcullis.quickstart;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.termination.Actor;
import java.time.Duration;
import java.util.Set;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import reactor.core.publisher.Mono;

/** The account {@code alice}, made before the gateway listens, and after the first administrator. */
@Configuration(proxyBeanMethods = false)
class SampleAccounts {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Bean
    @DependsOn("bootstrapAdmin")
    InitializingBean alice(AccountService accounts) {
        var alice = new NewAccount("alice", "alice-demo-pass", Set.of("user"), "user");
        return () -> accounts.create(alice, TenantScope.ALL, Actor.gateway())
                .onErrorResume(SampleAccounts::isTaken, e -> Mono.empty())
                .block(LIMIT);
    }

    private static boolean isTaken(Throwable failure) {
        return failure instanceof PortcullisException known && known.code() == ErrorCode.USERNAME_TAKEN;
    }
}
