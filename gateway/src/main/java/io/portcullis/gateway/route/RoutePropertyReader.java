package io.portcullis.gateway.route;

import io.portcullis.core.error.RootCause;
import io.portcullis.gateway.startup.ConfigurationException;
import io.portcullis.gateway.startup.NearestName;
import io.portcullis.gateway.startup.PropertyOrigins;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/**
 * Reads the routes as Spring Boot binds them: the whole list comes from the first property source that has one. The command line
 * precedes the environment, the environment precedes files, and a later file precedes an earlier one. A list that is overridden
 * is not validated.
 */
final class RoutePropertyReader {
    static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";
    private static final Set<String> KEYS =
            new LinkedHashSet<>(List.of("id", "uri", "predicates", "filters", "metadata", "order", "enabled"));
    private static final Pattern KEY_OF_A_ROUTE = Pattern.compile(Pattern.quote(ROUTES) + "\\[(\\d+)]\\.?(.*)");

    private static final Pattern UNKNOWN_PART_KEY = Pattern.compile(
            Pattern.quote(ROUTES) + "\\[\\d+]\\.(?:predicates|filters)\\[\\d+]\\.(?!name$|args(?:\\W|$)).*");

    private final Environment environment;

    RoutePropertyReader(Environment environment) {
        this.environment = environment;
    }

    /**
     * Returns the configured routes, in order. Empty if no property source has any.
     *
     * @throws ConfigurationException for an unknown key or a value that cannot be converted
     */
    List<RouteDefinition> read() {
        Optional<ConfigurationPropertySource> source = source();
        if (source.isEmpty()) {
            return List.of();
        }
        requireKnownPartKeys(source.get());
        try {
            var binder = new Binder(List.of(source.get()), new PropertySourcesPlaceholdersResolver(environment));
            return binder.bind(
                            ROUTES,
                            Bindable.listOf(RouteDefinition.class),
                            new NoUnboundElementsBindHandler(BindHandler.DEFAULT, any -> true))
                    .orElse(List.of());
        } catch (BindException e) {
            throw refused(source.get(), e);
        }
    }

    /** Checks the keys of predicates and filters, because Spring Boot's strict binding ignores unknown keys in nested lists. */
    private static void requireKnownPartKeys(ConfigurationPropertySource source) {
        if (source instanceof IterableConfigurationPropertySource iterable) {
            List<ConfigurationProperty> unknown = iterable.stream()
                    .filter(name -> UNKNOWN_PART_KEY.matcher(name.toString()).matches())
                    .<ConfigurationProperty>mapMulti((name, sink) -> {
                        ConfigurationProperty property = source.getConfigurationProperty(name);
                        if (property != null) {
                            sink.accept(property);
                        }
                    })
                    .toList();
            if (!unknown.isEmpty()) {
                throw unknown(source, unknown);
            }
        }
    }

    /** Returns whether any property source has properties below the name. */
    boolean containsBelow(String name) {
        var below = ConfigurationPropertyName.of(name);
        return sources().anyMatch(source -> source.containsDescendantOf(below) == ConfigurationPropertyState.PRESENT);
    }

    /** Returns where the route is configured, in the format of {@link RouteOrigins}. Empty if the place is unknown. */
    String origin(int index) {
        return source().flatMap(source -> List.of("id", "uri", "predicates[0]").stream()
                        .map(key -> property(source, index, key))
                        .flatMap(Optional::stream)
                        .findFirst())
                .map(property -> PropertyOrigins.text(property.getOrigin()))
                .orElse("");
    }

    private Optional<ConfigurationPropertySource> source() {
        var first = ConfigurationPropertyName.of(ROUTES + "[0]");
        return sources()
                .filter(source -> source.getConfigurationProperty(first) != null
                        || source.containsDescendantOf(first) == ConfigurationPropertyState.PRESENT)
                .findFirst();
    }

    private Stream<ConfigurationPropertySource> sources() {
        return StreamSupport.stream(
                ConfigurationPropertySources.get(environment).spliterator(), false);
    }

    private static Optional<ConfigurationProperty> property(ConfigurationPropertySource source, int index, String key) {
        return Optional.ofNullable(
                source.getConfigurationProperty(ConfigurationPropertyName.of(ROUTES + "[" + index + "]." + key)));
    }

    private static ConfigurationException refused(ConfigurationPropertySource source, BindException failure) {
        if (failure.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
            return unknown(source, List.copyOf(unbound.getUnboundProperties()));
        }
        ConfigurationProperty property = failure.getProperty();
        // The message of the cause quotes the value, which may hold a secret.
        return new ConfigurationException(
                "The routes cannot be read at " + failure.getName()
                        + PropertyOrigins.text(property == null ? null : property.getOrigin()) + " ("
                        + RootCause.of(failure).getClass().getSimpleName() + ").",
                "Correct the value; config/routes.yaml has examples of routes.");
    }

    private static ConfigurationException unknown(
            ConfigurationPropertySource source, List<ConfigurationProperty> properties) {
        String sentences = properties.stream()
                .sorted(Comparator.comparing(property -> property.getName().toString()))
                .map(property -> "Unknown key '" + key(property) + "' in " + route(source, property)
                        + PropertyOrigins.text(property.getOrigin()) + ".")
                .distinct()
                .collect(Collectors.joining(" "));
        String nearest = properties.stream()
                .map(RoutePropertyReader::key)
                .distinct()
                .flatMap(key -> NearestName.of(key, KEYS).stream())
                .findFirst()
                .map(name -> " Did you mean '" + name + "'?")
                .orElse("");
        return new ConfigurationException(sentences, "Expected one of: " + String.join(", ", KEYS) + "." + nearest);
    }

    /** Returns the unknown key within its route: the full path if only its last part is unknown, else the first part. */
    private static String key(ConfigurationProperty property) {
        String rest = match(property)
                .map(matcher -> matcher.group(2))
                .orElse(property.getName().toString());
        String first = rest.replaceFirst("[.\\[].*", "");
        return KEYS.contains(first) ? rest : first;
    }

    private static String route(ConfigurationPropertySource source, ConfigurationProperty property) {
        return match(property)
                .map(matcher -> Integer.parseInt(matcher.group(1)))
                .map(index -> property(source, index, "id")
                        .map(id -> "route '" + id.getValue() + "'")
                        .orElse("routes[" + index + "]"))
                .orElse("the routes");
    }

    private static Optional<Matcher> match(ConfigurationProperty property) {
        Matcher matcher = KEY_OF_A_ROUTE.matcher(property.getName().toString());
        return matcher.matches() ? Optional.of(matcher) : Optional.empty();
    }
}
