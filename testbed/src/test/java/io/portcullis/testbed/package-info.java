/** The servers started for real, and the sample services asked over real connections. */
@NullMarked
package io.portcullis.testbed;

import org.jspecify.annotations.NullMarked;
