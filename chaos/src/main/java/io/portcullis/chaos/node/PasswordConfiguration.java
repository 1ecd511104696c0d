package io.portcullis.chaos.node;

import io.portcullis.core.account.PasswordHasher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Makes a hash of a password cost next to nothing, so that logins do not slow down the other operations. */
@Configuration(proxyBeanMethods = false)
class PasswordConfiguration {
    private static final int COST = 4;

    @Bean(destroyMethod = "close")
    @Primary
    PasswordHasher cheapPasswordHasher() {
        return PasswordHasher.create(COST);
    }
}
