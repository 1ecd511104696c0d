package io.portcullis.gateway.reload;

import io.portcullis.gateway.startup.PropertyRules;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The reload of the routes while the node runs.
 *
 * @param enabled whether the node reads the routes anew when a configuration file changes
 * @param interval the pause between two looks at the files; a change is in force after two looks
 */
@ConfigurationProperties("portcullis.route-reload")
record RouteReloadProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1s") Duration interval) {
    RouteReloadProperties {
        PropertyRules.positive("portcullis.route-reload.interval", interval);
    }
}
