/**
 * The HTTP/1.1 connections to services: which bytes belong to which exchange, and which connection may be used again. Begin with
 * {@link io.portcullis.gateway.upstream.UpstreamCodec}.
 */
@NullMarked
package io.portcullis.gateway.upstream;

import org.jspecify.annotations.NullMarked;
