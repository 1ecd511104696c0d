/** Tests of the reading and validation of routes. */
@NullMarked
package io.portcullis.gateway.route;

import org.jspecify.annotations.NullMarked;
