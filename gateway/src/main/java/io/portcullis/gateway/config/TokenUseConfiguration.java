package io.portcullis.gateway.config;

import io.portcullis.core.r2dbc.R2dbcTokenUseRepository;
import io.portcullis.core.token.use.GatheredTokenUses;
import io.portcullis.core.token.use.TokenUseCounters;
import io.portcullis.core.token.use.TokenUseFlush;
import io.portcullis.core.token.use.TokenUseRecorder;
import io.portcullis.core.token.use.TokenUseRepository;
import io.portcullis.core.token.use.TokenUseSettings;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.r2dbc.core.DatabaseClient;

/** Creates the recorder of token uses and their flush, which {@link ShutdownConfiguration} stops. */
@Configuration(proxyBeanMethods = false)
class TokenUseConfiguration {
    @Bean
    TokenUseRepository tokenUseRepository(DatabaseClient client) {
        return new R2dbcTokenUseRepository(client);
    }

    @Bean
    TokenUseSettings tokenUseSettings(TokenUseProperties properties) {
        return properties.settings();
    }

    @Bean
    TokenUseCounters tokenUseCounters() {
        return new TokenUseCounters();
    }

    @Bean
    GatheredTokenUses gatheredTokenUses(TokenUseSettings settings, TokenUseCounters counters, Clock clock) {
        return new GatheredTokenUses(settings, counters, clock);
    }

    @Bean
    @Primary
    TokenUseRecorder tokenUseRecorder(GatheredTokenUses gathered, TokenUseProperties properties) {
        return properties.enabled() ? gathered : TokenUseRecorder.NONE;
    }

    @Bean(destroyMethod = "close")
    TokenUseFlush tokenUseFlush(
            GatheredTokenUses gathered,
            TokenUseRepository repository,
            Transactions transactions,
            TokenUseSettings settings,
            TokenUseCounters counters,
            TokenUseProperties properties,
            Clock clock) {
        var flush = new TokenUseFlush(gathered, repository, transactions, settings, counters, clock);
        if (properties.enabled()) {
            flush.start();
        }
        return flush;
    }
}
