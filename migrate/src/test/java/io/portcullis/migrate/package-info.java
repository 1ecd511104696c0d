@NullMarked
package io.portcullis.migrate;

import org.jspecify.annotations.NullMarked;
