@NullMarked
package io.portcullis.core.client;

import org.jspecify.annotations.NullMarked;
