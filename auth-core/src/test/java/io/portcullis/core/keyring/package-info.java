@NullMarked
package io.portcullis.core.keyring;

import org.jspecify.annotations.NullMarked;
