/** Spring Cloud Gateway as it comes: the starter, the actuator and Prometheus metrics. May import: nothing of this project. */
@NullMarked
package io.portcullis.bench.stock;

import org.jspecify.annotations.NullMarked;
