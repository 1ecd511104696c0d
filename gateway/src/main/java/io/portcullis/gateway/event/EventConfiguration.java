package io.portcullis.gateway.event;

import io.portcullis.core.event.SessionEventBacklog;
import io.portcullis.core.event.SessionEventDelivery;
import io.portcullis.core.event.SessionEventReceiver;
import java.time.Clock;
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
            WebhookProperties properties, ReactorResourceFactory resources, JsonMapper json, Clock clock) {
        return new WebhookReceiver(properties, resources.getLoopResources(), json, clock);
    }

    @Bean
    SessionEventHealthIndicator sessionEventsHealthIndicator(SessionEventBacklog backlog) {
        return new SessionEventHealthIndicator(backlog);
    }

    @Bean
    SessionEventMetrics sessionEventMetrics(SessionEventDelivery delivery, SessionEventBacklog backlog) {
        return new SessionEventMetrics(delivery.counters(), backlog);
    }
}
