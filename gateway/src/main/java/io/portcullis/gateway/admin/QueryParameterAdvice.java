package io.portcullis.gateway.admin;

import io.portcullis.gateway.endpoint.RequestFields;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * Refuses query parameters that the administration would read otherwise than the caller means: one that occurs twice, whose values
 * would be joined to one text, and a filter of another page, which would be ignored, so that the page would list everybody.
 */
@ControllerAdvice(
        assignableTypes = {
            SessionAdminEndpoint.class,
            LoginLogEndpoint.class,
            TokenUseEndpoint.class,
            SessionEventEndpoint.class,
            SampleEndpoint.class,
            AccountAdminEndpoint.class
        })
final class QueryParameterAdvice {
    /** The filters of all pages. Other unknown parameters are ignored, as everywhere. */
    private static final Set<String> FILTERS = Set.of(
            "tenantId",
            "userId",
            "username",
            "sessionId",
            "ip",
            "device",
            "accessTokenId",
            "type",
            "result",
            "state",
            "from",
            "to",
            "at");

    /** Runs before each method of the administration. Throws {@code BAD_REQUEST}, which names the parameter. */
    @ModelAttribute
    void requireKnownOnce(ServerWebExchange exchange) {
        if (exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod method) {
            require(namesOf(method), exchange.getRequest().getQueryParams());
        }
    }

    private static void require(List<String> names, MultiValueMap<String, String> parameters) {
        parameters.forEach((name, values) -> {
            if (names.contains(name) && values.size() > 1) {
                throw RequestFields.invalidField(name, "once");
            }
            if (FILTERS.contains(name) && !names.contains(name)) {
                throw RequestFields.invalidField(name, "no such filter here, but " + names);
            }
        });
    }

    private static List<String> namesOf(HandlerMethod method) {
        return Arrays.stream(method.getMethod().getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(RequestParam.class))
                .map(Parameter::getName)
                .toList();
    }
}
