/**
 * The Spring Boot application. Imports: {@code config} only, by component scan.
 */
@NullMarked
package io.portcullis.gateway;

import org.jspecify.annotations.NullMarked;
