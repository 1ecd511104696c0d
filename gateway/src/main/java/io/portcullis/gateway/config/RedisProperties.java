package io.portcullis.gateway.config;

import static io.portcullis.gateway.startup.PropertyRules.positive;

import io.portcullis.core.redis.IdentityFormat;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Timeouts and replication of Redis. The addresses are in {@code spring.data.redis}.
 *
 * @param commandTimeout time limit for a check in Redis, after which MySQL answers instead
 * @param writeTimeout time limit for writing the tombstone of a logout, replicas included
 * @param tcpUserTimeout time after which a connection is closed if the server acknowledges no sent bytes (Linux)
 * @param waitReplicas number of replicas that must have a tombstone before a logout succeeds; 0 waits for none
 * @param waitTimeout time limit for the acknowledgement of these replicas
 * @param identityFormat version of the entries that are written: 1, which nodes of the release before read, with 2 where 1 cannot hold
 *     what an entry needs; or 2 throughout
 */
@ConfigurationProperties("portcullis.redis")
record RedisProperties(
        @DefaultValue("80ms") Duration commandTimeout,
        @DefaultValue("500ms") Duration writeTimeout,
        @DefaultValue("2s") Duration tcpUserTimeout,
        @DefaultValue("0") int waitReplicas,
        @DefaultValue("100ms") Duration waitTimeout,
        @DefaultValue("1") int identityFormat) {
    RedisProperties {
        positive("portcullis.redis.command-timeout", commandTimeout);
        positive("portcullis.redis.write-timeout", writeTimeout);
        positive("portcullis.redis.tcp-user-timeout", tcpUserTimeout);
        positive("portcullis.redis.wait-timeout", waitTimeout);
        if (identityFormat != 1 && identityFormat != 2) {
            throw new IllegalArgumentException(
                    "portcullis.redis.identity-format: " + identityFormat + " (expected: 1 or 2)");
        }
        if (waitReplicas < 0) {
            throw new IllegalArgumentException("portcullis.redis.wait-replicas: " + waitReplicas
                    + " (expected: 0 for none, or the number of replicas that must have a tombstone)");
        }
        if (waitTimeout.compareTo(writeTimeout) >= 0) {
            throw new IllegalArgumentException("portcullis.redis.wait-timeout: " + waitTimeout
                    + " (expected: less than portcullis.redis.write-timeout, which is " + writeTimeout + ")");
        }
    }

    IdentityFormat format() {
        return identityFormat == 1 ? IdentityFormat.COMPATIBLE : IdentityFormat.EXTENDED;
    }
}
