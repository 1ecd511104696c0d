/** Spring Cloud Gateway with Spring Security's opaque-token resource server. May import: nothing of this project. */
@NullMarked
package io.portcullis.bench.resourceserver;

import org.jspecify.annotations.NullMarked;
