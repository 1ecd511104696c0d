/**
 * Refuses a configuration that cannot work, with a sentence that says what to write instead. Imports no other package of this
 * module. Begin with {@link io.portcullis.gateway.startup.ConfigurationException}.
 */
@NullMarked
package io.portcullis.gateway.startup;

import org.jspecify.annotations.NullMarked;
