/** The benchmark's command line. May import: everything. */
@NullMarked
package io.portcullis.bench;

import org.jspecify.annotations.NullMarked;
