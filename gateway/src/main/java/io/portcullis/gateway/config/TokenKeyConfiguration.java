package io.portcullis.gateway.config;

import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.keyring.DroppedKeySessions;
import io.portcullis.core.keyring.TokenKeyService;
import io.portcullis.core.keyring.TokenKeys;
import io.portcullis.core.r2dbc.R2dbcKeyRingRepository;
import io.portcullis.core.r2dbc.R2dbcLeaseRepository;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.SigningKeyRepository;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import io.portcullis.gateway.admin.Administration;
import io.portcullis.gateway.startup.ConfigurationException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.util.retry.Retry;

/** Creates the key ring of this node (docs/adr/0044). It is complete before the server listens, and {@link ShutdownConfiguration} stops it. */
@Configuration(proxyBeanMethods = false)
class TokenKeyConfiguration {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int START_RETRIES = 5;
    private static final Duration START_PAUSE = Duration.ofSeconds(1);

    @Bean(destroyMethod = "close")
    TokenKeys tokenKeys(
            DatabaseClient client,
            SigningKeyRepository firstKey,
            @Qualifier(RedisConfiguration.UNGUARDED) AccessTokenCache redisCache,
            Transactions transactions,
            LifetimeProperties properties,
            Clock clock,
            SecureRandom random) {
        TokenKeys keys = new TokenKeys(
                new R2dbcKeyRingRepository(client),
                firstKey,
                redisCache,
                transactions,
                properties.token().settings(),
                random,
                new TimeOrderedIds(clock, random).get());
        try {
            keys.load()
                    .retryWhen(Retry.fixedDelay(START_RETRIES, START_PAUSE).filter(RootCause::isStoreFailure))
                    .block(START_LIMIT);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    String.valueOf(e.getMessage()),
                    "Write a new key first in portcullis.token.keys, such as the output of `openssl rand -base64 32`.");
        }
        return keys;
    }

    @Bean
    DroppedKeySessions droppedKeySessions(
            DatabaseClient client,
            Transactions transactions,
            SessionTerminator terminator,
            Clock clock,
            SecureRandom random) {
        return new DroppedKeySessions(
                new R2dbcKeyRingRepository(client),
                new R2dbcLeaseRepository(client, transactions),
                terminator,
                new TimeOrderedIds(clock, random));
    }

    @Bean
    TokenKeyService tokenKeyService(
            TokenKeys keys,
            DatabaseClient client,
            @Administration DatabaseClient administration,
            TokenRepository tokens,
            AccessTokenCache cache,
            Transactions transactions,
            LoginLogRepository loginLog,
            LifetimeProperties properties,
            Clock clock,
            SecureRandom random) {
        return new TokenKeyService(
                keys,
                new R2dbcKeyRingRepository(client),
                new R2dbcKeyRingRepository(administration),
                tokens,
                cache,
                transactions,
                loginLog,
                properties.session().maxLifetime(),
                new TimeOrderedIds(clock, random),
                random,
                clock);
    }

    /** The name has the port, which is known only when the server listens. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> tokenKeyStart(
            TokenKeys keys, TokenKeyService service, DroppedKeySessions sessions, NodeName name) {
        return ready -> {
            keys.start(name.value(), sessions::end);
            var unused = BackgroundWork.start(
                    "Token keys of the configuration",
                    service.dropCompromised()
                            .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, START_PAUSE)
                                    .filter(RootCause::isStoreFailure))
                            .then(service.warnOfMissingKeys()));
        };
    }
}
