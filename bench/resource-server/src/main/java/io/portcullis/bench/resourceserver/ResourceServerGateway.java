package io.portcullis.bench.resourceserver;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.oauth2.server.resource.introspection.ReactiveOpaqueTokenIntrospector;
import org.springframework.security.web.server.SecurityWebFilterChain;

/**
 * The gateway that a team would build with Spring Security alone: every request needs an opaque token, which is looked up in
 * Redis.
 */
@SpringBootApplication
public class ResourceServerGateway {
    public static void main(String[] args) {
        var unused = SpringApplication.run(ResourceServerGateway.class, args);
    }

    @Bean
    ReactiveOpaqueTokenIntrospector introspector(ReactiveStringRedisTemplate redis) {
        return new RedisTokenIntrospector(redis);
    }

    @Bean
    SecurityWebFilterChain security(ServerHttpSecurity http) {
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .authorizeExchange(exchange -> exchange.pathMatchers("/actuator/**")
                        .permitAll()
                        .anyExchange()
                        .authenticated())
                .oauth2ResourceServer(server -> server.opaqueToken(Customizer.withDefaults()))
                .build();
    }
}
