/**
 * Unmodified Spring Cloud Gateway, as a subject of the benchmark: the starter, the actuator and Prometheus metrics. May import:
 * no other code of this project.
 */
@NullMarked
package io.portcullis.bench.stock;

import org.jspecify.annotations.NullMarked;
