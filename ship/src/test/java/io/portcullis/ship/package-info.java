/**
 * Tests of what {@code docker/} ships: the image's layout, the compose file and the Helm chart. Begin with {@link
 * io.portcullis.ship.ImageIT}. May import: everything.
 */
@NullMarked
package io.portcullis.ship;

import org.jspecify.annotations.NullMarked;
