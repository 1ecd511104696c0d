-- The tenant of an account; null for none (docs/adr/0041). Nodes of an earlier release neither read nor write it: the sessions that they
-- open have no tenant. Usernames stay unique in the whole table. V14 has parts of one statement each, so that a start that was killed
-- between them goes on with the next.

ALTER TABLE account
    ADD COLUMN tenant_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    ADD KEY account_tenant (tenant_id, created_at, id, username);
