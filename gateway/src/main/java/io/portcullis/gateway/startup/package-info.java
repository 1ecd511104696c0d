/**
 * Stops the start on an invalid configuration and tells the operator how to correct it; has the rules that records of properties apply to
 * their values. Start with {@link io.portcullis.gateway.startup.ConfigurationException}. May import: no other package of the gateway.
 */
@NullMarked
package io.portcullis.gateway.startup;

import org.jspecify.annotations.NullMarked;
