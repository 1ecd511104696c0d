@NullMarked
package io.portcullis.gateway.endpoint;

import org.jspecify.annotations.NullMarked;
