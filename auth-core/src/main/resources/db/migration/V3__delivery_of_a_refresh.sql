-- Set on a spent refresh token whose successor pair was made by a silent refresh and has not been sent to the browser yet. Its grace
-- window begins when the pair has been sent: used_at is then set again, and undelivered is cleared. The rows of V1 and V2, and those
-- that a node of an earlier release writes, are delivered.

ALTER TABLE refresh_token ADD COLUMN undelivered BOOLEAN NOT NULL DEFAULT FALSE;
