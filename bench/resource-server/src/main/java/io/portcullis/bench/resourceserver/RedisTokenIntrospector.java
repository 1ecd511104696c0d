package io.portcullis.bench.resourceserver;

import java.util.Map;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.ReactiveOpaqueTokenIntrospector;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks up a token by {@code GET bench:token:{token}} in Redis. The entry is JSON with the attributes of the user; an absent
 * entry means an invalid token.
 */
final class RedisTokenIntrospector implements ReactiveOpaqueTokenIntrospector {
    private static final TypeReference<Map<String, Object>> ATTRIBUTES = new TypeReference<>() {};

    private final ReactiveStringRedisTemplate redis;
    private final JsonMapper json = new JsonMapper();

    RedisTokenIntrospector(ReactiveStringRedisTemplate redis) {
        this.redis = redis;
    }

    @Override
    public Mono<OAuth2AuthenticatedPrincipal> introspect(String token) {
        return redis.opsForValue()
                .get("bench:token:" + token)
                .switchIfEmpty(Mono.error(() -> new BadOpaqueTokenException("no such token")))
                .map(this::principal);
    }

    private OAuth2AuthenticatedPrincipal principal(String text) {
        Map<String, Object> attributes = json.readValue(text, ATTRIBUTES);
        return new DefaultOAuth2AuthenticatedPrincipal(
                String.valueOf(attributes.get("username")),
                attributes,
                AuthorityUtils.createAuthorityList(String.valueOf(attributes.get("role"))));
    }
}
