-- token_use had no rows before this version. A row has the uses of one token from one address within one hour, so that no row is longer
-- than an hour, and "who was here at that time" is a range of last_seen_at. used_hour is in hours since 1970 (UTC). access_digest is
-- the digest of the access token, or 'ticket:' and the session's id for the tickets of a session.
-- token_use_ip names the rest of the primary key, because MySQL otherwise does not read its entries in the order of that key: ip is a part
-- of both. The entries are as long as before.

ALTER TABLE token_use
    ADD COLUMN used_hour INT NOT NULL,
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (access_digest, ip, used_hour),
    DROP KEY token_use_ip,
    ADD KEY token_use_ip (ip, last_seen_at, access_digest, used_hour),
    DROP KEY token_use_session,
    ADD KEY token_use_session (session_id, last_seen_at);
