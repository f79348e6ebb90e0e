-- What looks wrong about a quarter before it is published becomes a case with an outcome; the township lets a blocked sheet through in writing.

-- +goose Up
CREATE TABLE alarm (
    id         integer PRIMARY KEY,
    village_id integer NOT NULL REFERENCES village (id),
    year       integer NOT NULL,
    n          integer NOT NULL CHECK (n BETWEEN 1 AND 4),
    kind       text NOT NULL CHECK (kind IN ('averaging', 'batches', 'bulk', 'deviation', 'kin', 'photo_reused', 'photo_day', 'unvisited')),
    -- tells those of a kind and quarter apart, the same whenever it is found again
    name       text NOT NULL,
    facts      text NOT NULL,
    blocks     boolean NOT NULL,
    found_at   datetime NOT NULL,
    -- past: not found any more before anybody closed it
    state      text NOT NULL CHECK (state IN ('open', 'past', 'closed')),
    outcome    text NOT NULL CHECK (outcome IN ('', 'explained', 'corrected', 'suspended')),
    words      text NOT NULL,
    closed_by  integer REFERENCES person (id),
    closed_at  datetime,
    UNIQUE (village_id, year, n, kind, name),
    CHECK ((state = 'closed') = (outcome <> '')),
    CHECK ((outcome = '') = (words = '')),
    CHECK ((state = 'closed') = (closed_by IS NOT NULL)),
    CHECK ((closed_by IS NULL) = (closed_at IS NULL))
);
CREATE INDEX alarm_found ON alarm (village_id, found_at);

CREATE TABLE alarm_event (
    alarm_id integer NOT NULL REFERENCES alarm (id),
    event_id integer NOT NULL REFERENCES event (id),
    PRIMARY KEY (alarm_id, event_id)
);

-- households behind an alarm that is not about events
CREATE TABLE alarm_home (
    alarm_id     integer NOT NULL REFERENCES alarm (id),
    household_id integer NOT NULL REFERENCES household (id),
    PRIMARY KEY (alarm_id, household_id)
);

-- the township's written word that an edition goes up although it is blocked
CREATE TABLE override (
    village_id integer NOT NULL REFERENCES village (id),
    year       integer NOT NULL,
    n          integer NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition    integer NOT NULL CHECK (edition >= 1),
    reason     text NOT NULL CHECK (reason <> ''),
    officer    integer NOT NULL REFERENCES person (id),
    at         datetime NOT NULL,
    PRIMARY KEY (village_id, year, n, edition)
);

-- +goose Down
DROP TABLE override;
DROP TABLE alarm_home;
DROP TABLE alarm_event;
DROP TABLE alarm;
