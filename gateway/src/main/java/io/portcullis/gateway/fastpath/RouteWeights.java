package io.portcullis.gateway.fastpath;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.WEIGHT_ATTR;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.web.server.ServerWebExchange;

/**
 * Chooses a route of each group of {@code Weight} predicates for a request, by the weights of one set of routes. Spring Cloud Gateway's
 * {@code WeightCalculatorWebFilter} keeps the weights of routes that no longer exist, and would choose them; this choice replaces its choice.
 */
final class RouteWeights {
    /** The weights by group and route id. */
    private final Map<String, Map<String, Integer>> groups = new HashMap<>();

    void add(String routeId, WeightConfig weight) {
        groups.computeIfAbsent(weight.getGroup(), group -> new LinkedHashMap<>())
                .put(routeId, weight.getWeight());
    }

    /** Stores the chosen routes where the {@code Weight} predicate reads them. */
    void choose(ServerWebExchange exchange) {
        if (!groups.isEmpty()) {
            Map<String, String> chosen = new HashMap<>();
            groups.forEach((group, weights) -> chosen.put(group, choose(weights)));
            exchange.getAttributes().put(WEIGHT_ATTR, chosen);
        }
    }

    private static String choose(Map<String, Integer> weights) {
        long sum = weights.values().stream().mapToLong(Integer::longValue).sum();
        long rest = sum == 0 ? 0 : ThreadLocalRandom.current().nextLong(sum);
        String last = "";
        for (Map.Entry<String, Integer> weight : weights.entrySet()) {
            last = weight.getKey();
            rest -= weight.getValue();
            if (rest < 0) {
                break;
            }
        }
        return last;
    }
}
