-- Sessions that a login service has opened. login_service is the id of its route, and null for a login with a password; such a session
-- needs no row in account. device_type is null where the device is its own type. Nodes of an earlier release write neither. The columns
-- are the last ones, so that both servers add them without a copy of the table.

ALTER TABLE auth_session
    ADD COLUMN login_service VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    ADD COLUMN device_type VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;
