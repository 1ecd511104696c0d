/** Runs within the gateway's own process: its clock and what experiments break on purpose. May import: nothing of chaos. */
@NullMarked
package io.portcullis.chaos.node;

import org.jspecify.annotations.NullMarked;
