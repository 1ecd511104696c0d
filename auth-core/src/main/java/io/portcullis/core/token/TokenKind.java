package io.portcullis.core.token;

/** The two kinds of token; each is refused where the other is expected. */
public enum TokenKind {
    ACCESS("pca_"),
    REFRESH("pcr_");

    private final String prefix;

    TokenKind(String prefix) {
        this.prefix = prefix;
    }

    /** What its text begins with, for secret scanners. */
    public String prefix() {
        return prefix;
    }
}
