-- The indexes of V14.3 to V14.6 lead the pages of an administrator of a tenant (docs/adr/0027, docs/adr/0041). Each has the columns that
-- the index by time has, behind the tenant. They are built online: logins go on meanwhile.

ALTER TABLE login_log
    ADD KEY login_log_tenant (tenant_id, created_at, id, username, ip, type, result),
    ALGORITHM = INPLACE, LOCK = NONE;
