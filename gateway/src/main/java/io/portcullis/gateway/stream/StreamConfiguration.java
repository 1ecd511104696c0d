package io.portcullis.gateway.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionEndSignal;
import io.portcullis.gateway.authentication.ClientAddressResolver;
import io.portcullis.gateway.cookie.RefreshAdmission;
import io.portcullis.gateway.upstream.ConnectionBudget;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Creates the limits on calls and streams, the filters that count them in the filter chain, and the components that close the
 * streams of ended sessions.
 */
@Configuration(proxyBeanMethods = false)
class StreamConfiguration {
    @Bean
    OpenStreams openStreams() {
        return new OpenStreams();
    }

    @Bean
    StreamMetrics streamMetrics(MeterRegistry registry, OpenStreams streams, Clock clock) {
        return new StreamMetrics(registry, streams, clock);
    }

    @Bean
    RecentEnds recentEnds() {
        return new RecentEnds(System::nanoTime);
    }

    @Bean
    StreamRevocation streamRevocation(
            OpenStreams streams, SessionEndSignal signal, StreamMetrics metrics, RecentEnds recentEnds) {
        StreamRevocation revocation = new StreamRevocation(streams, signal, metrics, recentEnds);
        revocation.start();
        return revocation;
    }

    @Bean(destroyMethod = "close")
    SessionEndPoll sessionEndPoll(
            OpenStreams streams,
            StreamRevocation revocation,
            SessionEndRepository ends,
            SessionEndSignal signal,
            Clock clock,
            StreamProperties properties) {
        SessionEndPoll poll = new SessionEndPoll(streams, revocation, ends, signal, clock, properties.maxUnchecked());
        poll.start();
        return poll;
    }

    @Bean
    OpenCalls openCalls(StreamProperties properties, ConnectionBudget spare, RecentEnds recentEnds) {
        return new OpenCalls(properties, spare, recentEnds);
    }

    @Bean
    CallLimitGlobalFilter callLimitGlobalFilter(OpenCalls calls, ClientAddressResolver addresses) {
        return new CallLimitGlobalFilter(calls, addresses);
    }

    @Bean
    GatewayCallLimitWebFilter gatewayCallLimitWebFilter(OpenCalls calls, ClientAddressResolver addresses) {
        return new GatewayCallLimitWebFilter(calls, addresses);
    }

    /** Counts a silent refresh as a call of its address to the gateway itself, because its session is not known yet. */
    @Bean
    RefreshAdmission refreshAdmission(OpenCalls calls) {
        return (client, refresh) -> calls.gatewayCall(Caller.of(null, client.ip()), refresh);
    }

    @Bean
    EventStreamGlobalFilter eventStreamGlobalFilter(OpenStreams streams) {
        return new EventStreamGlobalFilter(streams);
    }
}
