/**
 * The connections of clients, below HTTP's handlers. May import: problem, cors.
 */
@NullMarked
package io.portcullis.gateway.connection;

import org.jspecify.annotations.NullMarked;
