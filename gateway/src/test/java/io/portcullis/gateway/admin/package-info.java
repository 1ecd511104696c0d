/** Tests of the administrators' API. */
@NullMarked
package io.portcullis.gateway.admin;

import org.jspecify.annotations.NullMarked;
