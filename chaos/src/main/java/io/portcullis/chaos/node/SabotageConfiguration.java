package io.portcullis.chaos.node;

import io.portcullis.core.redis.RedisAccessTokenCache;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionEndSignal;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.store.RevocationLedger;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Wraps or replaces beans of the gateway so that they break the property that {@code chaos.sabotage} names. Does nothing if that is not
 * set.
 */
@Configuration(proxyBeanMethods = false)
class SabotageConfiguration {
    @Bean
    static BeanPostProcessor sabotage(Environment environment, ObjectProvider<RedisConnections> redis) {
        String argument = environment.getProperty("chaos.sabotage", "");
        return argument.isEmpty() ? new BeanPostProcessor() {} : wrapping(Sabotage.of(argument), redis);
    }

    private static BeanPostProcessor wrapping(Sabotage sabotage, ObjectProvider<RedisConnections> redis) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return wrapped(sabotage, bean, redis);
            }
        };
    }

    private static Object wrapped(Sabotage sabotage, Object bean, ObjectProvider<RedisConnections> redis) {
        return switch (sabotage) {
            case TOMBSTONE_DELETE ->
                bean instanceof RedisAccessTokenCache store ? new DeletingAccessTokenCache(store, redis) : bean;
            case FILL_WITHOUT_NX ->
                bean instanceof RedisAccessTokenCache store ? new OverwritingAccessTokenCache(store, redis) : bean;
            case NO_ROW_LOCK ->
                bean instanceof SessionRepository sessions ? new UnlockedSessionRepository(sessions) : bean;
            case LEDGER_OFF -> bean instanceof RevocationLedger ledger ? new EmptyRevocationLedger(ledger) : bean;
            case NO_PUBLISH_NO_LEDGER -> untold(bean);
        };
    }

    private static Object untold(Object bean) {
        if (bean instanceof SessionEndSignal) {
            return new SilentSessionEndSignal();
        }
        return bean instanceof SessionEndRepository ? new EndlessSessions() : bean;
    }
}
