package io.portcullis.gateway.fastpath;

import io.portcullis.gateway.authentication.RouteAccess;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.upstream.ServiceConnections;

/** What each exchange of the fast path uses. */
record ExchangeServices(
        RouteAccess access,
        OpenCalls calls,
        OpenStreams streams,
        ServiceConnections connections,
        ServiceRequest requests,
        ResponseHeads heads,
        TrailerFields trailers,
        ProblemWriter problems,
        RequestTracing tracing) {}
