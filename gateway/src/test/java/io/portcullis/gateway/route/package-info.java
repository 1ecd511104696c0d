/** Tests of what routes say. */
@NullMarked
package io.portcullis.gateway.route;

import org.jspecify.annotations.NullMarked;
