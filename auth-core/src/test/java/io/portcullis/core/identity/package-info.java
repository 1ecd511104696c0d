@NullMarked
package io.portcullis.core.identity;

import org.jspecify.annotations.NullMarked;
