-- Pictures that people hand in as evidence, each once, and how far the platform's check of its content has come.

-- +goose Up
CREATE TABLE photo (
    -- SHA-256 of the kept picture, in hex: its name on the shelf and in evidence
    hash        text PRIMARY KEY CHECK (length(hash) = 64),
    -- who handed it in first, for which village
    village_id  integer NOT NULL REFERENCES village (id),
    keeper      integer NOT NULL REFERENCES person (id),
    -- SHA-256 of what was handed in
    original    blob NOT NULL,
    -- 64 bits of which few differ between pictures that look alike
    near        integer NOT NULL,
    taken_at    datetime,
    width       integer NOT NULL CHECK (width > 0),
    height      integer NOT NULL CHECK (height > 0),
    check_state text NOT NULL CHECK (check_state IN ('waiting', 'passed', 'refused', 'person')),
    -- the platform's number of the check, empty until it was asked
    trace       text NOT NULL,
    asked_at    datetime,
    kept_at     datetime NOT NULL,
    CHECK ((trace = '') = (asked_at IS NULL))
);
CREATE UNIQUE INDEX photo_trace ON photo (trace) WHERE trace <> '';
-- of two that differ in at most eight bits, one of these differs in at most two
CREATE INDEX photo_near_high ON photo (((near >> 42) & 4194303));
CREATE INDEX photo_near_middle ON photo (((near >> 21) & 2097151));
CREATE INDEX photo_near_low ON photo ((near & 2097151));

-- everybody who handed it in
CREATE TABLE photo_hold (
    hash       text NOT NULL REFERENCES photo (hash),
    village_id integer NOT NULL REFERENCES village (id),
    person_id  integer NOT NULL REFERENCES person (id),
    held_at    datetime NOT NULL,
    PRIMARY KEY (hash, village_id, person_id)
);

-- +goose Down
DROP TABLE photo_hold;
DROP TABLE photo;
