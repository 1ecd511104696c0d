/** Measures, ratios, tables and the plot. May import: subject. */
@NullMarked
package io.portcullis.bench.report;

import org.jspecify.annotations.NullMarked;
