-- The web console: whose card came after which, who waits at its door, who is in, and what was done there.

-- +goose Up
ALTER TABLE card ADD COLUMN generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1);

-- a browser that shows a code and waits for a phone to confirm it
CREATE TABLE console_code (
    hash         blob PRIMARY KEY,
    browser      text NOT NULL,
    place        text NOT NULL,
    asked_at     datetime NOT NULL,
    confirmed_by integer REFERENCES person (id),
    confirmed_at datetime,
    used_at      datetime,
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK (used_at IS NULL OR confirmed_at IS NOT NULL)
);
CREATE INDEX console_code_place ON console_code (place, asked_at);

-- a link from the server's shell for the administrator
CREATE TABLE console_link (
    hash    blob PRIMARY KEY,
    made_at datetime NOT NULL,
    used_at datetime
);

CREATE TABLE console_session (
    hash          blob PRIMARY KEY,
    person_id     integer REFERENCES person (id),
    administrator boolean NOT NULL,
    opened_at     datetime NOT NULL,
    seen_at       datetime NOT NULL,
    CHECK (administrator = (person_id IS NULL))
);
CREATE INDEX console_session_person ON console_session (person_id);

CREATE TABLE audit (
    id            integer PRIMARY KEY,
    at            datetime NOT NULL,
    person_id     integer REFERENCES person (id),
    administrator boolean NOT NULL,
    what          text NOT NULL CHECK (what <> ''),
    village_id    integer REFERENCES village (id),
    object        text NOT NULL,
    CHECK (NOT administrator OR person_id IS NULL)
);
CREATE INDEX audit_village ON audit (village_id, at);
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit;
DROP TABLE console_session;
DROP TABLE console_link;
DROP TABLE console_code;
ALTER TABLE card DROP COLUMN generation;
