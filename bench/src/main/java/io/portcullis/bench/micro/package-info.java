/**
 * JMH benchmarks of single components through their public types. Start with {@link io.portcullis.bench.micro.MicroBenchmarks}.
 * May import: no other package of this module.
 */
@NullMarked
package io.portcullis.bench.micro;

import org.jspecify.annotations.NullMarked;
