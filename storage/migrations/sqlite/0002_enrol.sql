-- How people come to their household: phones on the register, requests, what somebody has still to be told, wrong tries.

-- +goose Up
ALTER TABLE member ADD COLUMN phone text NOT NULL DEFAULT '';
-- the key of the message that was answered with the newest of the person's news
ALTER TABLE person ADD COLUMN heard text NOT NULL DEFAULT '';

CREATE TABLE bind_request (
    -- never given twice: somebody may have the number of one that is gone before them
    id           integer PRIMARY KEY AUTOINCREMENT,
    household_id integer NOT NULL REFERENCES household (id),
    person_id    integer NOT NULL REFERENCES person (id),
    -- whose phone's digits were given; NULL for who gave a name instead
    member_id    integer REFERENCES member (id),
    name         text NOT NULL,
    -- that was shown; it has to open the household still when this is filed
    card         text NOT NULL,
    -- nobody has to approve it
    direct       boolean NOT NULL,
    state        text NOT NULL CHECK (state IN ('draft', 'waiting', 'approved', 'refused')),
    asked_at     datetime NOT NULL,
    decider      integer REFERENCES person (id),
    decided_at   datetime,
    CHECK (decider <> person_id)
);
CREATE UNIQUE INDEX bind_request_waiting ON bind_request (household_id, person_id) WHERE state = 'waiting';
CREATE INDEX bind_request_person ON bind_request (person_id);

CREATE TABLE enrol_news (
    id           integer PRIMARY KEY,
    person_id    integer NOT NULL REFERENCES person (id),
    kind         text NOT NULL CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed')),
    household_id integer NOT NULL REFERENCES household (id),
    request_id   integer NOT NULL
);
CREATE INDEX enrol_news_person ON enrol_news (person_id);

CREATE TABLE wrong_try (
    id         integer PRIMARY KEY,
    openid     text NOT NULL,
    -- whose card it was; NULL for a card that there is not
    village_id integer REFERENCES village (id),
    at         datetime NOT NULL
);
CREATE INDEX wrong_try_openid ON wrong_try (openid, at);
CREATE INDEX wrong_try_village ON wrong_try (village_id, at);
CREATE INDEX wrong_try_at ON wrong_try (at);

-- +goose Down
DROP TABLE wrong_try;
DROP TABLE enrol_news;
DROP TABLE bind_request;
ALTER TABLE person DROP COLUMN heard;
ALTER TABLE member DROP COLUMN phone;
