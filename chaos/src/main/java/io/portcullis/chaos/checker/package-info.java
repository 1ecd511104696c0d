/** Pure functions from a history to the promises that it breaks. May import: history. */
@NullMarked
package io.portcullis.chaos.checker;

import org.jspecify.annotations.NullMarked;
