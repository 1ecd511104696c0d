@NullMarked
package io.portcullis.gateway.origin;

import org.jspecify.annotations.NullMarked;
