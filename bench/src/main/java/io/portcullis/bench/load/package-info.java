/** wrk: its script, its run and its result. May import: process. */
@NullMarked
package io.portcullis.bench.load;

import org.jspecify.annotations.NullMarked;
