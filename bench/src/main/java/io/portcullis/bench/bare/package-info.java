/** Processes of the least that reactor-netty needs: a proxy, and a service to put behind it. May import: nothing of this module. */
@NullMarked
package io.portcullis.bench.bare;

import org.jspecify.annotations.NullMarked;
