@NullMarked
package io.portcullis.bench.scenario;

import org.jspecify.annotations.NullMarked;
