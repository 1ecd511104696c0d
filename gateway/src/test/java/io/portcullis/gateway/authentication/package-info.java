@NullMarked
package io.portcullis.gateway.authentication;

import org.jspecify.annotations.NullMarked;
