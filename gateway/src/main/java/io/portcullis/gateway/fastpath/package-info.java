/**
 * The fast path of a proxied request: the same answers as Spring Cloud Gateway's filters give, without their layers, for the
 * requests and routes that need nothing of them (ADR 0012). Everything else takes the filter chain. May import: {@code core},
 * {@code problem}, {@code authentication}, {@code stream}, {@code forwarded}, {@code cors}, {@code connection}, {@code observe},
 * {@code route}.
 */
@NullMarked
package io.portcullis.gateway.fastpath;

import org.jspecify.annotations.NullMarked;
