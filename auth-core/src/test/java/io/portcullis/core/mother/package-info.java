/** Makes the objects that many tests need: accounts, sessions, tokens and identities. A test names only what it is about. */
@NullMarked
package io.portcullis.core.mother;

import org.jspecify.annotations.NullMarked;
