/** Authenticates the requests of a servlet application. Start with {@link io.portcullis.service.servlet.PortcullisSecurity}. */
@NullMarked
package io.portcullis.service.servlet;

import org.jspecify.annotations.NullMarked;
