package io.portcullis.gateway.event;

import io.portcullis.core.event.SessionEventDelivery;
import io.portcullis.core.event.SessionEventReceiver;
import io.portcullis.core.identity.SecurityEventTokens;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.BacklogAge;
import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.json.JsonMapper;

/** Creates the client of the webhook, and what is seen of the deliveries from outside. */
@OnWebhook
@Configuration(proxyBeanMethods = false)
class EventConfiguration {
    @Bean(destroyMethod = "close")
    SessionEventReceiver sessionEventReceiver(
            WebhookProperties properties, ReactorResourceFactory resources, EventFormat format) {
        return new WebhookReceiver(properties, resources.getLoopResources(), format);
    }

    @Bean
    EventFormat sessionEventFormat(
            WebhookProperties properties, SecurityEventTokens tokens, JsonMapper json, Clock clock) {
        return switch (properties.format()) {
            case JSON -> new JsonEventFormat(properties.secrets(), json, clock);
            case SECURITY_EVENT_TOKEN ->
                new SecurityEventTokenFormat(tokens, Objects.requireNonNull(properties.audience(), "audience"), json);
        };
    }

    /**
     * Begins to read the keys before the server listens and before the first event is sent. The start of the node does not wait for
     * them: an event that cannot be signed waits in MySQL.
     */
    @Bean
    SmartInitializingSingleton sessionEventKeys(WebhookProperties properties, SecurityEventTokens tokens) {
        return () -> {
            if (properties.format() == WebhookFormat.SECURITY_EVENT_TOKEN) {
                var unused = BackgroundWork.start("The keys of session events", tokens.start());
            }
        };
    }

    @Bean
    SessionEventHealthIndicator sessionEventsHealthIndicator(BacklogAge backlog) {
        return new SessionEventHealthIndicator(backlog);
    }

    @Bean
    SessionEventMetrics sessionEventMetrics(SessionEventDelivery delivery, BacklogAge backlog) {
        return new SessionEventMetrics(delivery.counters(), backlog);
    }
}
