package io.portcullis.gateway.fastpath;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory.NameConfig;
import org.springframework.cloud.gateway.filter.factory.AbstractNameValueGatewayFilterFactory.NameValueConfig;
import org.springframework.cloud.gateway.filter.factory.AddResponseHeaderGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.PrefixPathGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RewritePathGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.StripPrefixGatewayFilterFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.util.StringUtils;

/**
 * Translates the filter definitions of a route into {@link RouteFilterEffects}. Binds filter arguments with Spring Cloud
 * Gateway's own {@code ConfigurationService}, so that both paths read them alike.
 */
final class FastFilters {
    private static final Set<String> HEADERS_HANDLED_BY_CHAIN =
            Set.of("host", "content-length", "transfer-encoding", "forwarded", "authorization");

    private final ConfigurationService configuration;
    private final Map<String, GatewayFilterFactory<?>> factories;
    private final Set<String> hopByHop;

    FastFilters(RouteFactories factories, HopByHopHeaders hopByHop) {
        this.configuration = factories.configuration();
        this.factories = factories.filters().stream()
                .collect(Collectors.toMap(GatewayFilterFactory::name, factory -> factory, (first, second) -> second));
        this.hopByHop = hopByHop.names();
    }

    /**
     * Returns the combined effects of the filters, applied in the order of the list. Returns null if the fast path does not
     * support one of the filters; the route then takes the filter chain.
     */
    @Nullable
    RouteFilterEffects read(List<FilterDefinition> filters) {
        RouteFilterEffects effects = RouteFilterEffects.NONE;
        for (FilterDefinition filter : filters) {
            RouteFilterEffects next = read(filter, effects);
            if (next == null) {
                return null;
            }
            effects = next;
        }
        return effects;
    }

    private @Nullable RouteFilterEffects read(FilterDefinition filter, RouteFilterEffects before) {
        return switch (String.valueOf(filter.getName())) {
            case "StripPrefix" ->
                before.withPath(stripPrefix(bind(filter, StripPrefixGatewayFilterFactory.Config.class)));
            case "PrefixPath" -> prefixPath(bind(filter, PrefixPathGatewayFilterFactory.Config.class), before);
            case "RewritePath" ->
                before.withPath(rewritePath(bind(filter, RewritePathGatewayFilterFactory.Config.class)));
            case "AddRequestHeader" -> request(before, edit(bind(filter, NameValueConfig.class), HttpHeaders::add));
            case "SetRequestHeader" -> request(before, edit(bind(filter, NameValueConfig.class), HttpHeaders::set));
            case "RemoveRequestHeader" -> request(before, removal(bind(filter, NameConfig.class)));
            case "AddResponseHeader" ->
                response(before, addition(bind(filter, AddResponseHeaderGatewayFilterFactory.Config.class)));
            case "SetResponseHeader" -> response(before, edit(bind(filter, NameValueConfig.class), HttpHeaders::set));
            case "RemoveResponseHeader" -> response(before, removal(bind(filter, NameConfig.class)));
            case "PreserveHostHeader" -> before.withHostPreserved();
            default -> null;
        };
    }

    private <T> T bind(FilterDefinition filter, Class<T> type) {
        Object config = configuration
                .with(requireNonNull(factories.get(filter.getName())))
                .name(filter.getName())
                .properties(filter.getArgs())
                .bind();
        return type.cast(config);
    }

    private static @Nullable RouteFilterEffects request(RouteFilterEffects before, HeaderEdits.@Nullable Edit edit) {
        return edit == null ? null : before.withRequestEdit(edit);
    }

    private static @Nullable RouteFilterEffects response(RouteFilterEffects before, HeaderEdits.@Nullable Edit edit) {
        return edit == null ? null : before.withResponseEdit(edit);
    }

    private HeaderEdits.@Nullable Edit addition(AddResponseHeaderGatewayFilterFactory.Config config) {
        return config.isOverride() ? edit(config, HttpHeaders::add) : null;
    }

    /** Returns null if the value contains a variable of the path pattern, which only the filter chain can expand. */
    private HeaderEdits.@Nullable Edit edit(NameValueConfig config, HeaderEdits.Change change) {
        String name = requireNonNull(config.getName());
        String value = requireNonNull(config.getValue());
        return value.indexOf('{') >= 0 || needsFilterChain(name) ? null : headers -> change.apply(headers, name, value);
    }

    private HeaderEdits.@Nullable Edit removal(NameConfig config) {
        String name = requireNonNull(config.getName());
        return needsFilterChain(name) ? null : headers -> headers.remove(name);
    }

    /** Returns true for a header that the gateway itself sets or removes after the route's filters. */
    private boolean needsFilterChain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return HEADERS_HANDLED_BY_CHAIN.contains(lower) || hopByHop.contains(lower) || lower.startsWith("x-forwarded-");
    }

    /**
     * Returns null for a second prefix, which the filter chain ignores, and for a prefix with a variable, which only the
     * filter chain can expand.
     */
    private static @Nullable RouteFilterEffects prefixPath(
            PrefixPathGatewayFilterFactory.Config config, RouteFilterEffects before) {
        String prefix = requireNonNull(config.getPrefix());
        return before.prefixed() || prefix.indexOf('{') >= 0 || RequestTarget.parse(prefix) == null
                ? null
                : before.withPrefix(prefix);
    }

    private static RouteFilterEffects.Path rewritePath(RewritePathGatewayFilterFactory.Config config) {
        Pattern pattern = Pattern.compile(requireNonNull(config.getRegexp()));
        String replacement = requireNonNull(config.getReplacement()).replace("$\\", "$");
        return path -> pattern.matcher(path).replaceAll(replacement);
    }

    private static RouteFilterEffects.Path stripPrefix(StripPrefixGatewayFilterFactory.Config config) {
        int parts = config.getParts();
        return path -> {
            String rest = Stream.of(StringUtils.tokenizeToStringArray(path, "/"))
                    .skip(parts)
                    .collect(Collectors.joining("/", "/", ""));
            return rest.length() > 1 && path.endsWith("/") ? rest + "/" : rest;
        };
    }
}
