@NullMarked
package io.portcullis.gateway.loginservice;

import org.jspecify.annotations.NullMarked;
