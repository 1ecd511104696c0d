@NullMarked
package io.portcullis.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
