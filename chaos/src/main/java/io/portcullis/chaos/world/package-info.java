/** The servers, the proxies before them and the gateway's processes. May import: node. */
@NullMarked
package io.portcullis.chaos.world;

import org.jspecify.annotations.NullMarked;
