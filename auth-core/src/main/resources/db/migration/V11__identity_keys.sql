-- The keys that sign the identity of callers for services (docs/adr/0039): public and private key as a JSON Web Key (RFC 7517). A key signs
-- from signs_from until the next key does, and is published some time before and after that. Times are the server's own.

CREATE TABLE identity_key (
    id         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    jwk        VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    signs_from DATETIME(3) NOT NULL,
    PRIMARY KEY (id)
);

INSERT INTO lease (name, holder, expires_at) VALUES ('identity-keys', '', '1970-01-01 00:00:00.000');
