package io.portcullis.gateway.config;

import io.portcullis.core.client.ClientAuthenticator;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.client.ClientRepository;
import io.portcullis.core.id.TimeOrderedIds;
import io.portcullis.core.login.AuthServices;
import io.portcullis.core.login.ClientService;
import io.portcullis.core.login.ClientSessionService;
import io.portcullis.core.login.IntrospectionService;
import io.portcullis.core.r2dbc.ClusterLocks;
import io.portcullis.core.r2dbc.R2dbcClientRepository;
import io.portcullis.core.throttle.SecretThrottle;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** Creates the services for OAuth 2 clients. */
@Configuration(proxyBeanMethods = false)
class ClientConfiguration {
    @Bean
    ClientRepository clientRepository(DatabaseClient client, ClusterLocks locks) {
        return new R2dbcClientRepository(client, locks);
    }

    @Bean
    ClientDirectory clientDirectory(ClientProperties properties, ClientRepository repository) {
        return new ClientDirectory(properties.registered(), repository, System::nanoTime);
    }

    @Bean
    ClientAuthenticator clientAuthenticator(
            ClientDirectory clients,
            LoginProperties properties,
            AuthServices.Ports ports,
            Clock clock,
            SecureRandom random) {
        return new ClientAuthenticator(
                clients,
                new SecretThrottle(properties.limits(), clock),
                ports.transactions(),
                ports.loginLog(),
                new TimeOrderedIds(clock, random),
                clock);
    }

    @Bean
    ClientService clientService(
            ClientRepository clients,
            ClientDirectory directory,
            AuthServices services,
            AuthServices.Ports ports,
            Clock clock,
            SecureRandom random) {
        return new ClientService(
                clients,
                directory,
                ports.transactions(),
                services.terminator(),
                ports.loginLog(),
                new TimeOrderedIds(clock, random),
                random,
                clock);
    }

    @Bean
    ClientSessionService clientSessionService(AuthServices services) {
        return services.clientSessions();
    }

    @Bean
    IntrospectionService introspectionService(
            TokenCodec codec, AccessTokenAuthenticator check, AuthServices.Ports ports, Clock clock) {
        return new IntrospectionService(codec, check, ports.tokens(), ports.sessions(), ports.clients(), clock);
    }
}
