package io.portcullis.gateway.startup;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Refuses properties below {@code portcullis} that no {@code @ConfigurationProperties} record of the application has. A misspelt
 * property would otherwise leave the default in force without notice. The check covers every enumerable property source; Spring
 * Boot's own strict binding ignores unknown environment variables.
 */
final class UnknownPropertyCheck implements BeanFactoryPostProcessor {
    private static final Pattern OWN = Pattern.compile("portcullis[._].+", Pattern.CASE_INSENSITIVE);
    /** Matches the variables that Kubernetes sets for a service whose name is or begins with {@code portcullis}. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "PORTCULLIS_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");
    /** Begins the names of the settings of the servers that tests start. */
    private static final String TESTBED = "portcullistestbed";

    private final ConfigurableEnvironment environment;

    UnknownPropertyCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        check(PropertyRecords.in(beans).values());
    }

    /**
     * Checks the properties of the environment against the given records of properties.
     *
     * @throws ConfigurationException that names every property which none of the records has, with its origin
     */
    private void check(Collection<Class<?>> records) {
        Names names = names(records);
        List<String> unknown = new ArrayList<>();
        Set<String> nearest = new TreeSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            for (String name : ownProperties(source)) {
                if (!names.has(normalized(name))) {
                    unknown.add("'" + name + "'" + PropertyOrigins.text(OriginLookup.getOrigin(source, name)));
                    NearestName.of(normalized(name), names.known.keySet())
                            .map(names.known::get)
                            .ifPresent(nearest::add);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new ConfigurationException(
                    unknown.stream().distinct().collect(Collectors.joining(", ", "Unknown property ", ".")),
                    action(nearest));
        }
    }

    private static String action(Set<String> nearest) {
        return nearest.isEmpty()
                ? "Leave it out. The README lists the properties that begin with portcullis."
                : nearest.stream()
                        .map(name -> name + " (" + environmentName(name) + " in the environment)")
                        .collect(Collectors.joining(", ", "Did you mean ", "?"));
    }

    private static List<String> ownProperties(PropertySource<?> source) {
        return source instanceof EnumerablePropertySource<?> enumerable
                ? Stream.of(enumerable.getPropertyNames())
                        .filter(name -> OWN.matcher(name).matches()
                                && !SERVICE_LINK.matcher(name).matches()
                                && !normalized(name).startsWith(TESTBED))
                        .sorted()
                        .toList()
                : List.of();
    }

    private static Names names(Collection<Class<?>> records) {
        Names names = new Names(new TreeMap<>(), new TreeSet<>(), new TreeSet<>());
        for (Class<?> type : records) {
            String prefix = PropertyRecords.prefix(type);
            names.groups.add(normalized(prefix));
            collect(prefix, type, names);
        }
        return names;
    }

    private static void collect(String prefix, Class<?> type, Names names) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                names.groups.add(normalized(name));
                collect(name, component.getType(), names);
            } else {
                names.known.put(normalized(name), name);
                if (component.getGenericType() instanceof ParameterizedType) {
                    names.lists.add(normalized(name));
                }
            }
        }
    }

    /**
     * Holds the valid names, reduced to lower-case letters and digits because environment variables have neither dots nor dashes.
     *
     * @param known the reduced names of the properties, each with its dashed form
     * @param groups the parents of properties, which YAML may declare without any child
     * @param lists the lists and maps, whose names may be followed by an index or a free key
     */
    private record Names(Map<String, String> known, Set<String> groups, Set<String> lists) {
        boolean has(String normalized) {
            return known.containsKey(normalized)
                    || groups.contains(normalized)
                    || lists.stream().anyMatch(normalized::startsWith);
        }
    }

    private static String normalized(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    private static String environmentName(String name) {
        return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
