/** What clients did and saw, as plain values. May import: nothing of chaos. */
@NullMarked
package io.portcullis.chaos.history;

import org.jspecify.annotations.NullMarked;
