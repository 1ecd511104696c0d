@NullMarked
package io.portcullis.gateway.connection;

import org.jspecify.annotations.NullMarked;
