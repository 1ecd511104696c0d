-- The registered OAuth 2 clients that administrators made. Clients of the configuration have no row. A secret is kept as its SHA-256
-- in lower-case hexadecimal; the secrets are random, so they need no slow hash (docs/adr/0037).

CREATE TABLE oauth_client (
    id                     VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name                   VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    type                   VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status                 VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    grants                 VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    scopes                 VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    roles                  VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    access_ttl_ms          BIGINT NULL,
    refresh_ttl_ms         BIGINT NULL,
    secret_digest          CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    previous_secret_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at             DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY oauth_client_created (created_at, id)
);

-- Nodes of an earlier release write access tokens without these columns. They are the last ones, so that both servers add them without
-- a copy of the table. scopes is set only if a refresh narrowed the scopes of the session (RFC 6749 section 6).

ALTER TABLE access_token
    ADD COLUMN issued_at DATETIME(3) NULL,
    ADD COLUMN scopes    VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;
