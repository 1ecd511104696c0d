/**
 * Pages of other origins (CORS, the Fetch standard), for proxied requests and for the gateway's own answers. May import: nothing
 * else of the gateway.
 */
@NullMarked
package io.portcullis.gateway.cors;

import org.jspecify.annotations.NullMarked;
