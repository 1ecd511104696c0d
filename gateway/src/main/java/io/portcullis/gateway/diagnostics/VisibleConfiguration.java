package io.portcullis.gateway.diagnostics;

import io.portcullis.gateway.startup.PropertyRecords;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.env.Environment;

/**
 * The configuration in force, without secrets. A value is shown only if it cannot be a secret: numbers, durations, booleans and constants
 * by their type, texts by the names of their properties. So a property that is added later is masked until it is listed here.
 */
final class VisibleConfiguration {
    static final String MASK = "***";

    /** The texts below {@code portcullis} that are shown. */
    private static final Set<String> TEXTS = Set.of(
            "portcullis.account.enabled-values",
            "portcullis.admin.tenant-roles",
            "portcullis.admin.unrestricted-tenants",
            "portcullis.http.allowed-origins",
            "portcullis.identity-token.issuer",
            "portcullis.login.tenant-header",
            "portcullis.migration.accept-tokens-until",
            "portcullis.session.one-per-device-type");

    /** The texts below {@code portcullis} that are URLs. */
    private static final Set<String> URLS = Set.of("portcullis.events.webhook.url", "portcullis.oauth2.issuer");

    /** The properties of the libraries that are shown; no other property of a library is. */
    private static final List<String> OF_LIBRARIES = List.of(
            "server.port",
            "server.http2.enabled",
            "server.shutdown",
            "management.server.port",
            "spring.data.redis.host",
            "spring.data.redis.port",
            "spring.data.redis.database",
            "spring.data.redis.ssl.enabled",
            "spring.data.redis.sentinel.master",
            "spring.lifecycle.timeout-per-shutdown-phase",
            "spring.cloud.gateway.server.webflux.trusted-proxies",
            "spring.cloud.gateway.server.webflux.httpclient.connect-timeout",
            "spring.cloud.gateway.server.webflux.httpclient.response-timeout",
            "spring.cloud.gateway.server.webflux.httpclient.pool.max-connections",
            "logging.structured.format.console");

    private static final String DATABASE = "spring.r2dbc.url";

    private VisibleConfiguration() {}

    /** Returns the values by name. A value that is not set is null. */
    static Map<String, @Nullable Object> of(ListableBeanFactory beans, Environment environment) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        PropertyRecords.in(beans).forEach((name, type) -> {
            if (beans.getBean(name) instanceof Record properties) {
                addAll(PropertyRecords.prefix(type), properties, values);
            }
        });
        OF_LIBRARIES.forEach(name -> values.put(name, withoutUserInfo(environment.getProperty(name))));
        values.put(DATABASE, UrlText.database(environment.getProperty(DATABASE)));
        return values;
    }

    /** Masks a text that may be a part of a URL with a password. */
    private static @Nullable String withoutUserInfo(@Nullable String text) {
        return text != null && text.contains("@") ? MASK : text;
    }

    static void addAll(String prefix, Record properties, Map<String, @Nullable Object> values) {
        for (RecordComponent component : properties.getClass().getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            Object value = valueOf(properties, component);
            if (value instanceof Record nested) {
                addAll(name, nested, values);
            } else {
                values.put(name, visible(name, value));
            }
        }
    }

    private static @Nullable Object valueOf(Record properties, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(properties);
        } catch (ReflectiveOperationException e) {
            return MASK;
        }
    }

    private static @Nullable Object visible(String name, @Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Duration || value instanceof Enum<?>) {
            return value.toString();
        }
        if (value instanceof Collection<?> several && several.isEmpty()) {
            return List.of();
        }
        if (URLS.contains(name)) {
            return UrlText.origin(value.toString());
        }
        return TEXTS.contains(name) ? value : MASK;
    }
}
