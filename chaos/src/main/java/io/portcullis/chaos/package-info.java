/** The command line and the rounds: load, faults, healing, and the check of what clients saw. May import: all of chaos. */
@NullMarked
package io.portcullis.chaos;

import org.jspecify.annotations.NullMarked;
