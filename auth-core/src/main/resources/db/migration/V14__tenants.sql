-- Tenants (docs/adr/0041). Nodes of an earlier release neither read nor write the new columns: the sessions that they open have no tenant.
-- The columns are the last ones, so that both servers add them without a copy of the tables. The indexes lead the pages of one tenant
-- (docs/adr/0027). Each has the columns that the index by time has, behind the tenant. They are built online: logins go on meanwhile.
--
-- account: the tenant of the account; null for none. Usernames stay unique in the whole table.
-- login_log: the tenant of the account or session that the entry is about; of a login with an unknown username, the tenant that it named.
-- token_use: the tenant of the session; null or an empty text for none.
ALTER TABLE account
    ADD COLUMN tenant_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    ADD KEY account_tenant (tenant_id, created_at, id, username);

ALTER TABLE login_log ADD COLUMN tenant_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;

ALTER TABLE login_log
    ADD KEY login_log_tenant (tenant_id, created_at, id, username, ip, type, result),
    ALGORITHM = INPLACE, LOCK = NONE;

ALTER TABLE token_use ADD COLUMN tenant_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;

ALTER TABLE token_use
    ADD KEY token_use_tenant (tenant_id, last_seen_at),
    ALGORITHM = INPLACE, LOCK = NONE;

ALTER TABLE auth_session
    ADD KEY auth_session_live_tenant (ended_at, tenant_id, created_at, id, expires_at, user_id, username, ip, last_ip, device),
    ALGORITHM = INPLACE, LOCK = NONE;

ALTER TABLE session_event
    ADD KEY session_event_tenant (tenant_id, created_at, id),
    ALGORITHM = INPLACE, LOCK = NONE;
