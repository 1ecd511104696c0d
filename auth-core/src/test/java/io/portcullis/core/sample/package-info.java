@NullMarked
package io.portcullis.core.sample;

import org.jspecify.annotations.NullMarked;
