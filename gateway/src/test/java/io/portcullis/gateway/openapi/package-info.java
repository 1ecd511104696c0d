@NullMarked
package io.portcullis.gateway.openapi;

import org.jspecify.annotations.NullMarked;
