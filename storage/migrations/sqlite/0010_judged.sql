-- A picture that the platform did not judge is looked at by a person, and words that it did not pass are kept from households.

-- +goose Up
-- why a person refused it; the audit log has who and when
ALTER TABLE photo ADD COLUMN reason text NOT NULL DEFAULT '';
CREATE INDEX photo_unjudged ON photo (kept_at) WHERE check_state IN ('waiting', 'person');

-- SHA-256 of words that the platform did not pass
CREATE TABLE unpassed (
    hash    blob PRIMARY KEY CHECK (length(hash) = 32),
    -- when they were typed
    said_at datetime NOT NULL
);

-- +goose Down
DROP TABLE unpassed;
DROP INDEX photo_unjudged;
ALTER TABLE photo DROP COLUMN reason;
