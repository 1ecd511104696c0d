CREATE TABLE system_users (
    id          BIGINT NOT NULL AUTO_INCREMENT,
    username    VARCHAR(30) COLLATE utf8mb4_unicode_ci NOT NULL,
    password    VARCHAR(100) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '',
    nickname    VARCHAR(30) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '',
    status      TINYINT NOT NULL DEFAULT 0,
    login_ip    VARCHAR(50) COLLATE utf8mb4_unicode_ci NULL DEFAULT '',
    login_date  DATETIME NULL,
    creator     VARCHAR(64) NULL DEFAULT '',
    create_time DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updater     VARCHAR(64) NULL DEFAULT '',
    update_time DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    deleted     BIT(1) NOT NULL DEFAULT b'0',
    tenant_id   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id)
);
CREATE TABLE system_role (
    id        BIGINT NOT NULL AUTO_INCREMENT,
    name      VARCHAR(30) COLLATE utf8mb4_unicode_ci NOT NULL,
    code      VARCHAR(100) COLLATE utf8mb4_unicode_ci NOT NULL,
    status    TINYINT NOT NULL DEFAULT 0,
    deleted   BIT(1) NOT NULL DEFAULT b'0',
    tenant_id BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id)
);
CREATE TABLE system_user_role (
    id        BIGINT NOT NULL AUTO_INCREMENT,
    user_id   BIGINT NOT NULL,
    role_id   BIGINT NOT NULL,
    deleted   BIT(1) NULL DEFAULT b'0',
    tenant_id BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id)
);
CREATE TABLE system_oauth2_client (
    id                             BIGINT NOT NULL AUTO_INCREMENT,
    client_id                      VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    secret                         VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    name                           VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    status                         TINYINT NOT NULL DEFAULT 0,
    access_token_validity_seconds  INT NOT NULL,
    refresh_token_validity_seconds INT NOT NULL,
    redirect_uris                  VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '[]',
    authorized_grant_types         VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    scopes                         VARCHAR(255) COLLATE utf8mb4_unicode_ci NULL,
    create_time                    DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted                        BIT(1) NOT NULL DEFAULT b'0',
    PRIMARY KEY (id)
);
CREATE TABLE system_oauth2_refresh_token (
    id            BIGINT NOT NULL AUTO_INCREMENT,
    user_id       BIGINT NOT NULL,
    refresh_token VARCHAR(32) COLLATE utf8mb4_unicode_ci NOT NULL,
    user_type     TINYINT NOT NULL,
    client_id     VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    scopes        VARCHAR(255) COLLATE utf8mb4_unicode_ci NULL,
    expires_time  DATETIME NOT NULL,
    create_time   DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted       BIT(1) NOT NULL DEFAULT b'0',
    tenant_id     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id)
);
CREATE TABLE system_oauth2_access_token (
    id            BIGINT NOT NULL AUTO_INCREMENT,
    user_id       BIGINT NOT NULL,
    user_type     TINYINT NOT NULL,
    user_info     VARCHAR(512) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT '{}',
    access_token  VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    refresh_token VARCHAR(32) COLLATE utf8mb4_unicode_ci NOT NULL,
    client_id     VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    scopes        VARCHAR(255) COLLATE utf8mb4_unicode_ci NULL,
    expires_time  DATETIME NOT NULL,
    create_time   DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted       BIT(1) NOT NULL DEFAULT b'0',
    tenant_id     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY idx_access_token (access_token),
    KEY idx_refresh_token (refresh_token)
);
