/** Tests the R2DBC adapters against a real database. */
@NullMarked
package io.portcullis.core.r2dbc;

import org.jspecify.annotations.NullMarked;
