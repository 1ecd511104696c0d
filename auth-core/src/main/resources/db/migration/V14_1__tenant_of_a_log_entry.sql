-- The tenant of the account or session that an entry is about; of a login with an unknown username, the tenant that it named. The column is
-- the last one, so that both servers add it without a copy of the table.

ALTER TABLE login_log ADD COLUMN tenant_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;
