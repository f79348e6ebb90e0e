-- What people are told without asking: one row a person, scope and occasion, for ever.

-- +goose Up
CREATE TABLE push (
    id        integer PRIMARY KEY,
    person_id integer NOT NULL REFERENCES person (id),
    scope     text NOT NULL,
    occasion  text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('published', 'redeem', 'lapse', 'dispute', 'case', 'timetable', 'late', 'visits', 'summary', 'alarm')),
    facts     text NOT NULL,
    came_at   datetime NOT NULL,
    until     datetime NOT NULL,
    state     text NOT NULL CHECK (state IN ('waiting', 'sending', 'accepted', 'delivered', 'in_doubt', 'unreachable', 'declined', 'expired')),
    UNIQUE (person_id, scope, occasion)
);

-- +goose Down
DROP TABLE push;
