/** Rules that hold for the whole of the core. */
@NullMarked
package io.portcullis.core;

import org.jspecify.annotations.NullMarked;
