-- What the migration tool has imported from another system (docs/adr/0042). Only the tool writes these tables; the gateway reads
-- imported_token, and removes its expired rows.
--
-- imported_token: the access and refresh tokens of the other system, by digest. A row stays when the token has been replaced, so that a
-- logout with it finds its session, and reuse of it is detected. kind is ACCESS or REFRESH.
CREATE TABLE imported_token (
    digest     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind       VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (digest),
    KEY imported_token_session (session_id),
    KEY imported_token_expiry (expires_at)
);

-- migration_import: the journal, by which an import is repeated and undone. kind is ACCOUNT, CLIENT or SESSION; source_key is the id in
-- the other system, or the digest of a refresh token. fingerprint is the digest of what was written: a row that differs from it was changed since.
CREATE TABLE migration_import (
    source      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    source_key  VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    target_id   VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    imported_at DATETIME(3) NOT NULL,
    PRIMARY KEY (source, kind, source_key),
    KEY migration_import_target (kind, target_id)
);
