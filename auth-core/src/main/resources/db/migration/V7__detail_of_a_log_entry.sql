-- What was changed by an administrator, such as the roles of an account before and after. Nodes of an earlier release write entries
-- without it. The column is the last one, so that both servers add it without a copy of the table.

ALTER TABLE login_log ADD COLUMN detail VARCHAR(1200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;
