-- Common SQL of MySQL 8 and MariaDB 10.6+. Ids come from the application and there are no foreign keys, so that sharded
-- engines stay possible. Times are UTC. Digests are the lower-case hex SHA-256 of a token; no token is ever stored.

CREATE TABLE account (
    id            VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    username      VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    password_hash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status        VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    roles         VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    user_type     VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    created_at    DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY account_username (username),
    KEY account_created (created_at, id)
);

-- The row is the lock of the session. username, roles and user_type are as of the last login or refresh.
CREATE TABLE auth_session (
    id           CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id      VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    username     VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    user_type    VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    tenant_id    VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    roles        VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    client_id    VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    device       VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    ip           VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    user_agent   VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    scopes       VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    created_at   DATETIME(3) NOT NULL,
    last_seen_at DATETIME(3) NOT NULL,
    last_ip      VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    expires_at   DATETIME(3) NOT NULL,
    ended_at     DATETIME(3) NULL,
    end_reason   VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    PRIMARY KEY (id),
    KEY auth_session_live (ended_at, created_at, id),
    KEY auth_session_user (user_id, ended_at, created_at),
    KEY auth_session_username (username, ended_at),
    KEY auth_session_ip (ip, ended_at),
    KEY auth_session_last_ip (last_ip, ended_at),
    KEY auth_session_device (device, ended_at),
    KEY auth_session_expiry (ended_at, expires_at)
);

-- A logout with any token must find its session: the current row stays while the session lives, superseded ones for a while.
CREATE TABLE access_token (
    digest        CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id       VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    expires_at    DATETIME(3) NOT NULL,
    superseded_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    KEY access_token_session (session_id),
    KEY access_token_superseded (superseded_at, expires_at)
);

-- One token per generation: the last line of defence against two live successors of one refresh token.
CREATE TABLE refresh_token (
    digest           CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id       CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    generation       INT NOT NULL,
    expires_at       DATETIME(3) NOT NULL,
    used_at          DATETIME(3) NULL,
    sealed_successor VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NULL,
    PRIMARY KEY (digest),
    UNIQUE KEY refresh_token_generation (session_id, generation),
    KEY refresh_token_expiry (expires_at),
    KEY refresh_token_unspent (used_at, expires_at),
    -- Only to find the few rows that have one.
    KEY refresh_token_sealed (sealed_successor(1))
);

-- The ledger that Redis is repaired from: what must be dead there until it would have expired anyway.
CREATE TABLE revoked_token (
    digest     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    reason     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    revoked_at DATETIME(3) NOT NULL,
    applied_at DATETIME(3) NULL,
    PRIMARY KEY (digest),
    KEY revoked_token_unapplied (applied_at, expires_at),
    KEY revoked_token_revoked (revoked_at),
    KEY revoked_token_expiry (expires_at)
);

CREATE TABLE login_log (
    id         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    result     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id    VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    username   VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    session_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ip         VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    user_agent VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    created_at DATETIME(3) NOT NULL,
    actor      VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    PRIMARY KEY (id),
    KEY login_log_created (created_at, id),
    KEY login_log_tries (username, ip, result, created_at),
    KEY login_log_ip (ip, created_at),
    KEY login_log_user (user_id, created_at)
);

-- One row per access token and address.
CREATE TABLE token_use (
    access_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ip            VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    session_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id       VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    first_seen_at DATETIME(3) NOT NULL,
    last_seen_at  DATETIME(3) NOT NULL,
    PRIMARY KEY (access_digest, ip),
    KEY token_use_ip (ip, last_seen_at),
    KEY token_use_user (user_id, last_seen_at),
    KEY token_use_session (session_id),
    KEY token_use_seen (last_seen_at)
);

CREATE TABLE signing_key (
    name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    secret     VARBINARY(512) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (name)
);

-- Who may do what only one node may do at a time. Times are the server's own.
CREATE TABLE lease (
    name       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    holder     CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (name)
);

INSERT INTO lease (name, holder, expires_at) VALUES ('janitor', '', '1970-01-01 00:00:00.000');
