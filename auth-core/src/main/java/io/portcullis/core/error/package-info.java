/** Errors that end a request, each with a stable code. Imports nothing of this project. */
@NullMarked
package io.portcullis.core.error;

import org.jspecify.annotations.NullMarked;
