@NullMarked
package io.portcullis.gateway.cookie;

import org.jspecify.annotations.NullMarked;
