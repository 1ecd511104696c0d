package io.portcullis.gateway.admin;

import io.portcullis.gateway.route.RouteRules;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * A route in force. An argument that may be a credential, such as the value of a header that a filter adds, is replaced by asterisks.
 *
 * @param uri the address of the service
 * @param predicates such as {@code Path=/orders/**}
 * @param filters such as {@code StripPrefix=1}
 * @param metadata the rules of the route; the values of keys that the operator's own filters read are replaced by asterisks
 * @param origin the file and the line of the route; empty if the place is unknown
 * @param fastPath whether plain requests to the route take the fast path
 */
record RouteBody(
        String id,
        String uri,
        List<String> predicates,
        List<String> filters,
        Map<String, Object> metadata,
        int order,
        boolean enabled,
        String origin,
        boolean fastPath) {
    /** Predicates and filters whose arguments hold no secret. */
    private static final Set<String> SHOWN = Set.of(
            "Path",
            "Method",
            "Host",
            "Weight",
            "After",
            "Before",
            "Between",
            "StripPrefix",
            "PrefixPath",
            "RewritePath",
            "SetPath",
            "SetStatus",
            "PreserveHostHeader",
            "RemoveRequestHeader",
            "RemoveResponseHeader",
            "RequestSize");

    private static final String HIDDEN = "******";

    RouteBody {
        predicates = List.copyOf(predicates);
        filters = List.copyOf(filters);
        metadata = Map.copyOf(metadata);
    }

    static RouteBody of(RouteDefinition route, String origin, Set<String> fastIds) {
        String id = String.valueOf(route.getId());
        return new RouteBody(
                id,
                String.valueOf(route.getUri()),
                route.getPredicates().stream()
                        .map(each -> text(
                                String.valueOf(each.getName()), each.getArgs().values()))
                        .toList(),
                route.getFilters().stream()
                        .map(each -> text(
                                String.valueOf(each.getName()), each.getArgs().values()))
                        .toList(),
                shown(route.getMetadata()),
                route.getOrder(),
                route.isEnabled(),
                origin.replaceAll("^ \\(|\\)$", ""),
                fastIds.contains(id));
    }

    private static String text(String name, Collection<String> arguments) {
        if (arguments.isEmpty()) {
            return name;
        }
        return name + "=" + (SHOWN.contains(name) ? String.join(",", arguments) : HIDDEN);
    }

    private static Map<String, Object> shown(Map<String, Object> metadata) {
        return metadata.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getKey().startsWith(RouteRules.OWN_PREFIX) ? HIDDEN : entry.getValue()));
    }
}
