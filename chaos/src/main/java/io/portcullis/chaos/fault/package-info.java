/** What is done to servers, networks and nodes. May import: world. */
@NullMarked
package io.portcullis.chaos.fault;

import org.jspecify.annotations.NullMarked;
