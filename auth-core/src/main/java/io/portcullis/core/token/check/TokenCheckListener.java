package io.portcullis.core.token.check;

import io.portcullis.core.token.store.Identity;
import java.util.function.Supplier;

/** Receives the outcome of a check. */
public interface TokenCheckListener {
    /** The token passes for this identity. */
    void passed(Identity identity);

    /** The token does not pass. Errors as {@link TokenCheck#authenticate(String, Supplier)}. */
    void failed(Throwable failure);
}
