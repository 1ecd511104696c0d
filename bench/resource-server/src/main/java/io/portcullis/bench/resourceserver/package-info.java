/**
 * Spring Cloud Gateway with the opaque-token resource server of Spring Security, as a subject of the benchmark. May import: no
 * other code of this project.
 */
@NullMarked
package io.portcullis.bench.resourceserver;

import org.jspecify.annotations.NullMarked;
