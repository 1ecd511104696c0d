/** The clients that log in, call, refresh, log out and kick. May import: history, world. */
@NullMarked
package io.portcullis.chaos.workload;

import org.jspecify.annotations.NullMarked;
