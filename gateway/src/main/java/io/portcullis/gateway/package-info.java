/**
 * The entry point of the Spring Boot application. Start with {@link io.portcullis.gateway.GatewayApplication}. May import:
 * nothing; the component scan finds the {@code @Configuration} of each package and the endpoints.
 */
@NullMarked
package io.portcullis.gateway;

import org.jspecify.annotations.NullMarked;
