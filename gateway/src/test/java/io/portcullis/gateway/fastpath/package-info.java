/** Tests of the short way. */
@NullMarked
package io.portcullis.gateway.fastpath;

import org.jspecify.annotations.NullMarked;
