@NullMarked
package io.portcullis.bench.report;

import org.jspecify.annotations.NullMarked;
