-- Who is signed in at the Mini Program and what their phones have not sent yet, what they chose there, and what each write was answered.

-- +goose Up
CREATE TABLE session (
    -- of the token, which only the phone has
    hash         blob PRIMARY KEY,
    person_id    integer NOT NULL REFERENCES person (id),
    made_at      datetime NOT NULL,
    expires_at   datetime NOT NULL,
    seen_at      datetime NOT NULL,
    -- what the phone says that it still holds, and since when
    unsent       integer NOT NULL DEFAULT 0 CHECK (unsent >= 0),
    unsent_since datetime
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE preference (
    person_id  integer PRIMARY KEY REFERENCES person (id),
    -- the size of letters, in hundredths
    scale      integer NOT NULL DEFAULT 100 CHECK (scale BETWEEN 100 AND 160),
    -- the privacy terms that were agreed to, '' for none
    consent    text NOT NULL DEFAULT '',
    consent_at datetime,
    CHECK ((consent = '') = (consent_at IS NULL))
);

-- the same person in all of an owner's accounts at WeChat
CREATE TABLE person_union (
    person_id integer PRIMARY KEY REFERENCES person (id),
    union_id  text NOT NULL UNIQUE
);

CREATE TABLE answer (
    key    text PRIMARY KEY,
    body   text NOT NULL,
    status integer NOT NULL,
    bytes  blob NOT NULL,
    at     datetime NOT NULL
);
CREATE INDEX answer_at ON answer (at);

CREATE INDEX member_phone ON member (phone) WHERE phone <> '';
CREATE INDEX event_village ON event (village_id, occurred_on);

-- +goose Down
DROP INDEX event_village;
DROP INDEX member_phone;
DROP TABLE answer;
DROP TABLE person_union;
DROP TABLE preference;
DROP TABLE session;
