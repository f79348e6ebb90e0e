-- What the team records from door to door: records of many households with their evidence, what is set aside, visits, declarations, warnings.

-- +goose Up
ALTER TABLE village ADD COLUMN mend_days integer NOT NULL DEFAULT 7 CHECK (mend_days >= 1);

CREATE TABLE record (
    id          integer PRIMARY KEY,
    village_id  integer NOT NULL REFERENCES village (id),
    item_id     integer NOT NULL REFERENCES item (id),
    occurred_on text NOT NULL,
    -- by the recorder's own clock, and by the server's
    noted_at    datetime,
    recorded_at datetime NOT NULL,
    place       text NOT NULL,
    note        text NOT NULL,
    at_door     boolean NOT NULL,
    recorder    integer NOT NULL REFERENCES person (id),
    -- who typed it from the recorder's paper
    typist      integer REFERENCES person (id),
    CHECK (typist <> recorder)
);
CREATE INDEX record_recorder ON record (recorder, id);
CREATE INDEX record_typist ON record (typist, id) WHERE typist IS NOT NULL;
CREATE INDEX record_village ON record (village_id, occurred_on);

-- An event may be withdrawn before it is decided, and corrected by another one.
CREATE TABLE event_now (
    id           integer PRIMARY KEY,
    village_id   integer NOT NULL REFERENCES village (id),
    household_id integer NOT NULL REFERENCES household (id),
    item_id      integer NOT NULL REFERENCES item (id),
    tenths       integer  NOT NULL CHECK (tenths <> 0),
    occurred_on  text NOT NULL,
    recorded_at  datetime NOT NULL,
    place        text NOT NULL,
    note         text NOT NULL,
    recorder     integer NOT NULL REFERENCES person (id),
    state        text NOT NULL CHECK (state IN ('pending', 'confirmed', 'rejected', 'withdrawn')),
    confirmer    integer REFERENCES person (id),
    decided_at   datetime,
    reason       text NOT NULL,
    record_id    integer REFERENCES record (id),
    typist       integer REFERENCES person (id),
    corrects     integer,
    CHECK (confirmer <> recorder),
    CHECK (confirmer <> typist),
    CHECK (typist <> recorder),
    CHECK ((state IN ('pending', 'withdrawn')) = (confirmer IS NULL))
);
INSERT INTO event_now SELECT id, village_id, household_id, item_id, tenths, occurred_on, recorded_at, place, note, recorder, state, confirmer,
    decided_at, reason, NULL, NULL, NULL FROM event;
DROP TABLE event;
ALTER TABLE event_now RENAME TO event;
CREATE INDEX event_household ON event (household_id, item_id);
CREATE INDEX event_pending ON event (household_id) WHERE state = 'pending';
CREATE INDEX event_waiting ON event (village_id) WHERE state = 'pending';
CREATE INDEX event_record ON event (record_id) WHERE record_id IS NOT NULL;
CREATE UNIQUE INDEX event_corrects ON event (corrects) WHERE corrects IS NOT NULL;

CREATE TABLE aside (
    id           integer PRIMARY KEY,
    record_id    integer NOT NULL REFERENCES record (id),
    -- which of those that the record was asked for
    nth          integer NOT NULL CHECK (nth >= 1),
    -- NULL where the card that was shown belongs to none
    household_id integer REFERENCES household (id),
    card         text NOT NULL,
    why          text NOT NULL CHECK (why IN ('kin', 'cap_reached', 'card_revoked', 'not_found', 'gone')),
    state        text NOT NULL CHECK (state IN ('waiting', 'taken', 'dropped')),
    decider      integer REFERENCES person (id),
    decided_at   datetime,
    reason       text NOT NULL,
    event_id     integer REFERENCES event (id),
    UNIQUE (record_id, nth),
    CHECK ((state = 'waiting') = (decider IS NULL)),
    CHECK ((state = 'taken') = (event_id IS NOT NULL))
);
CREATE INDEX aside_waiting ON aside (record_id) WHERE state = 'waiting';

CREATE TABLE visit (
    id           integer PRIMARY KEY,
    village_id   integer NOT NULL REFERENCES village (id),
    household_id integer NOT NULL REFERENCES household (id),
    visited_on   text NOT NULL,
    visitor      integer NOT NULL REFERENCES person (id),
    -- NULL where there was nothing to record
    record_id    integer REFERENCES record (id),
    note         text NOT NULL,
    kept_at      datetime NOT NULL,
    UNIQUE (household_id, visited_on)
);
CREATE INDEX visit_village ON visit (village_id, visited_on);

CREATE TABLE declaration (
    id           integer PRIMARY KEY,
    village_id   integer NOT NULL REFERENCES village (id),
    household_id integer NOT NULL REFERENCES household (id),
    declarer     integer NOT NULL REFERENCES person (id),
    words        text NOT NULL CHECK (words <> ''),
    occurred_on  text NOT NULL,
    declared_at  datetime NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'taken', 'declined')),
    decider      integer REFERENCES person (id),
    decided_at   datetime,
    reason       text NOT NULL,
    event_id     integer REFERENCES event (id),
    CHECK (decider <> declarer),
    CHECK ((state = 'waiting') = (decider IS NULL)),
    CHECK ((state = 'taken') = (event_id IS NOT NULL))
);
CREATE INDEX declaration_household ON declaration (household_id, id);
CREATE INDEX declaration_waiting ON declaration (village_id) WHERE state = 'waiting';

CREATE TABLE warning (
    id           integer PRIMARY KEY,
    village_id   integer NOT NULL REFERENCES village (id),
    household_id integer NOT NULL REFERENCES household (id),
    item_id      integer NOT NULL REFERENCES item (id),
    -- the item's code: an item has another id each year
    code         text NOT NULL,
    note         text NOT NULL,
    warner       integer NOT NULL REFERENCES person (id),
    warned_at    datetime NOT NULL,
    due          text NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'answered', 'mended', 'unmended')),
    answer       text NOT NULL,
    answerer     integer REFERENCES person (id),
    answer_at    datetime,
    closer       integer REFERENCES person (id),
    closed_at    datetime,
    result       text NOT NULL,
    event_id     integer REFERENCES event (id),
    CHECK ((state IN ('open', 'answered')) = (closer IS NULL)),
    CHECK (event_id IS NULL OR state = 'unmended')
);
CREATE UNIQUE INDEX warning_open ON warning (household_id, code) WHERE state IN ('open', 'answered');
CREATE INDEX warning_village ON warning (village_id) WHERE state IN ('open', 'answered');
CREATE INDEX warning_household ON warning (household_id, id);

-- the pictures and words of a record, of a declaration, of a warning or of the answer to it
CREATE TABLE evidence (
    id             integer PRIMARY KEY,
    record_id      integer REFERENCES record (id),
    declaration_id integer REFERENCES declaration (id),
    warning_id     integer REFERENCES warning (id),
    answer         boolean NOT NULL,
    proof          text NOT NULL CHECK (proof <> ''),
    photo          text NOT NULL CHECK (photo = '' OR length(photo) = 64),
    words          text NOT NULL,
    CHECK (photo <> '' OR words <> ''),
    CHECK ((record_id IS NOT NULL) + (declaration_id IS NOT NULL) + (warning_id IS NOT NULL) = 1)
);
CREATE INDEX evidence_record ON evidence (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX evidence_declaration ON evidence (declaration_id) WHERE declaration_id IS NOT NULL;
CREATE INDEX evidence_warning ON evidence (warning_id) WHERE warning_id IS NOT NULL;
CREATE INDEX evidence_photo ON evidence (photo) WHERE photo <> '';

-- +goose Down
DROP TABLE evidence;
DROP TABLE warning;
DROP TABLE declaration;
DROP TABLE visit;
DROP TABLE aside;
CREATE TABLE event_now (
    id           integer PRIMARY KEY,
    village_id   integer NOT NULL REFERENCES village (id),
    household_id integer NOT NULL REFERENCES household (id),
    item_id      integer NOT NULL REFERENCES item (id),
    tenths       integer  NOT NULL CHECK (tenths <> 0),
    occurred_on  text NOT NULL,
    recorded_at  datetime NOT NULL,
    place        text NOT NULL,
    note         text NOT NULL,
    recorder     integer NOT NULL REFERENCES person (id),
    state        text NOT NULL CHECK (state IN ('pending', 'confirmed', 'rejected')),
    confirmer    integer REFERENCES person (id),
    decided_at   datetime,
    reason       text NOT NULL,
    CHECK (confirmer <> recorder),
    CHECK ((state = 'pending') = (confirmer IS NULL))
);
INSERT INTO event_now SELECT id, village_id, household_id, item_id, tenths, occurred_on, recorded_at, place, note, recorder, state, confirmer,
    decided_at, reason FROM event WHERE state <> 'withdrawn';
DROP TABLE event;
ALTER TABLE event_now RENAME TO event;
CREATE INDEX event_household ON event (household_id, item_id);
CREATE INDEX event_pending ON event (household_id) WHERE state = 'pending';
DROP TABLE record;
ALTER TABLE village DROP COLUMN mend_days;
