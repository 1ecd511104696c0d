/**
 * Measures, ratios, tables and the plot. Start with {@link io.portcullis.bench.report.Comparison}. May import: {@code subject}.
 */
@NullMarked
package io.portcullis.bench.report;

import org.jspecify.annotations.NullMarked;
