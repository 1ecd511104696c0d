/**
 * Tells a service behind the gateway who is calling, as Spring Security's authentication. Start with
 * {@link io.portcullis.service.PortcullisServiceProperties}; controllers get a {@link io.portcullis.service.PortcullisUser}.
 */
@NullMarked
package io.portcullis.service;

import org.jspecify.annotations.NullMarked;
