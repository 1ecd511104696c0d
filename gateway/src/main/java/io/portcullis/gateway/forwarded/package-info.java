/**
 * Where the client of a request is: what proxies in front of the gateway say, and what the services are told. May import: nothing
 * else of the gateway.
 */
@NullMarked
package io.portcullis.gateway.forwarded;

import org.jspecify.annotations.NullMarked;
