-- What households object to: a line of their own or one that is missing, who looked into it, what was decided, and the township's decision where they did not agree.

-- +goose Up
CREATE TABLE dispute (
    id               integer PRIMARY KEY,
    village_id       integer NOT NULL REFERENCES village (id),
    number           integer NOT NULL CHECK (number >= 1),
    household_id     integer NOT NULL REFERENCES household (id),
    year             integer NOT NULL,
    -- the entry itself, never a correction of it; NULL for one that is missing
    line_seq         integer,
    line_no          integer NOT NULL,
    -- what the line was recorded with, together with other households
    record_id        integer REFERENCES record (id),
    words            text NOT NULL CHECK (words <> ''),
    filed_by         integer NOT NULL REFERENCES person (id),
    by_helper        boolean NOT NULL,
    filed_at         datetime NOT NULL,
    state            text NOT NULL CHECK (state IN ('filed', 'accepted', 'decided', 'appealed', 'closed', 'withdrawn')),
    investigator     integer REFERENCES person (id),
    accepted_at      datetime,
    promised         text NOT NULL,
    extended         text NOT NULL,
    extended_at      datetime,
    stands           boolean NOT NULL,
    stands_as        integer NOT NULL,
    reason           text NOT NULL,
    decider          integer REFERENCES person (id),
    decided_at       datetime,
    correction       integer,
    appeal_until     text,
    appeal           text NOT NULL,
    appealed_by      integer REFERENCES person (id),
    appealed_at      datetime,
    township_due     text,
    final_stands     boolean NOT NULL,
    final_stands_as  integer NOT NULL,
    final_reason     text NOT NULL,
    final_decider    integer REFERENCES person (id),
    final_at         datetime,
    final_correction integer,
    escalated_at     datetime,
    nudged_on        text,
    closed_at        datetime,
    UNIQUE (village_id, number),
    FOREIGN KEY (village_id, line_seq) REFERENCES ledger_entry (village_id, seq),
    CHECK ((line_seq IS NULL) = (line_no = 0)),
    CHECK ((decider IS NULL) = (reason = '')),
    CHECK ((final_decider IS NULL) = (final_reason = '')),
    CHECK (decider <> filed_by AND (final_decider IS NULL OR final_decider <> decider)),
    CHECK ((state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL))
);
-- whoever does not withdraw objects to a line once
CREATE UNIQUE INDEX dispute_line ON dispute (village_id, line_seq) WHERE line_seq IS NOT NULL AND state <> 'withdrawn';
CREATE INDEX dispute_household ON dispute (household_id, id);
CREATE INDEX dispute_open ON dispute (village_id) WHERE state IN ('filed', 'accepted', 'decided', 'appealed');
CREATE INDEX dispute_record ON dispute (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX dispute_helper ON dispute (filed_by) WHERE by_helper;

-- What goes with the household's words, a decision and the township's.
CREATE TABLE dispute_photo (
    id         integer PRIMARY KEY,
    dispute_id integer NOT NULL REFERENCES dispute (id),
    part       text NOT NULL CHECK (part IN ('words', 'decision', 'final')),
    photo      text NOT NULL CHECK (photo <> '')
);
CREATE INDEX dispute_photo_dispute ON dispute_photo (dispute_id);

-- a helper may also object in the household's name
CREATE TABLE helper_log_now (
    id        integer PRIMARY KEY,
    helper_id integer NOT NULL REFERENCES helper (id),
    person_id integer NOT NULL REFERENCES person (id),
    what      text NOT NULL CHECK (what IN ('asked', 'accepted', 'declined', 'ended', 'looked', 'disputed')),
    at        datetime NOT NULL
);
INSERT INTO helper_log_now SELECT * FROM helper_log;
DROP TABLE helper_log;
ALTER TABLE helper_log_now RENAME TO helper_log;
CREATE INDEX helper_log_helper ON helper_log (helper_id);

-- +goose Down
CREATE TABLE helper_log_now (
    id        integer PRIMARY KEY,
    helper_id integer NOT NULL REFERENCES helper (id),
    person_id integer NOT NULL REFERENCES person (id),
    what      text NOT NULL CHECK (what IN ('asked', 'accepted', 'declined', 'ended', 'looked')),
    at        datetime NOT NULL
);
INSERT INTO helper_log_now SELECT * FROM helper_log WHERE what <> 'disputed';
DROP TABLE helper_log;
ALTER TABLE helper_log_now RENAME TO helper_log;
CREATE INDEX helper_log_helper ON helper_log (helper_id);
DROP TABLE dispute_photo;
DROP TABLE dispute;
