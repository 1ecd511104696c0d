/** Tests of the gateway with real browsers and with clients that others wrote. May import: everything. */
@NullMarked
package io.portcullis.clients;

import org.jspecify.annotations.NullMarked;
