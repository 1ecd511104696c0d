@NullMarked
package io.portcullis.gateway.upstream;

import org.jspecify.annotations.NullMarked;
