/**
 * The connections of clients, below HTTP's handlers. May import: nothing else of the gateway.
 */
@NullMarked
package io.portcullis.gateway.connection;

import org.jspecify.annotations.NullMarked;
