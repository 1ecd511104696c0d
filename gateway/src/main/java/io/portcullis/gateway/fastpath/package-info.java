/**
 * Proxies plain requests on the event loop of their connection, before reactor-netty's handlers (ADR 0012, ADR 0033). A request on the fast
 * path gets the same response as in Spring Cloud Gateway's filter chain. A request or route that the fast path does not support continues
 * to the filter chain.
 *
 * <p>Start with {@link io.portcullis.gateway.fastpath.FastPathHandler}. May import: {@code core}, {@code problem}, {@code
 * accesslog}, {@code authentication}, {@code cookie}, {@code stream}, {@code forwarded}, {@code cors}, {@code connection},
 * {@code logging}, {@code observe}, {@code origin}, {@code route}, {@code startup}, {@code upstream}.
 */
@NullMarked
package io.portcullis.gateway.fastpath;

import org.jspecify.annotations.NullMarked;
