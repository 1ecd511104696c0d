-- The keys that sign tokens (docs/adr/0044). signing_key keeps the key that the first node made; token_key has the keys that administrators
-- made since, encrypted under a key of the configuration, and the states of all keys. Nodes of an earlier release know none of them.
--
-- state: PENDING, verifies on each node that has read it; ACTIVE, the latest signs and the others verify; DROPPED, its tokens are refused.
-- secret: null for a key that is configured or in signing_key, which has a row only when it is dropped.

CREATE TABLE token_key (
    id         CHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    secret     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
    created_at DATETIME(3) NOT NULL,
    changed_at DATETIME(3) NOT NULL,
    PRIMARY KEY (id)
);

-- The nodes that run, and the ids of the keys that each of them knows, separated by commas: those that it verifies itself, those that it
-- knows to be at another node, and those that it refuses. Each node writes its row every second, with the database's clock. The row of a node
-- that has stopped stays for an hour, so that the others know that its key exists while it starts again.
CREATE TABLE token_key_node (
    node      CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    signer    CHAR(6) CHARACTER SET ascii COLLATE ascii_bin NULL,
    verifies  VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    elsewhere VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    dropped   VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    seen_at   DATETIME(3) NOT NULL,
    stopped   BOOLEAN NOT NULL,
    PRIMARY KEY (node)
);

INSERT INTO lease (name, holder, expires_at) VALUES ('token-keys', '', '1970-01-01 00:00:00.000');

-- The key that signed the token; null for imported tokens and for those of an earlier release. The column is the last one, so that both
-- servers add it without a copy of the table.
ALTER TABLE refresh_token ADD COLUMN key_id CHAR(6) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- The index of the live tokens gets the key, so that they are counted by it alone. Its name stays, because nodes of an earlier release name it.
ALTER TABLE refresh_token
    DROP KEY refresh_token_unspent,
    ADD KEY refresh_token_unspent (used_at, expires_at, key_id),
    ALGORITHM = INPLACE, LOCK = NONE;
