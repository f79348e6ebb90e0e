-- What people settle in the chat: words they are about to send, suggestions and complaints, notices they turned off, helpers.

-- +goose Up
-- the newest words of a person that wait for a 确认
CREATE TABLE draft (
    openid text PRIMARY KEY,
    key    text NOT NULL,
    words  text NOT NULL
);

CREATE TABLE suggestion (
    id           integer PRIMARY KEY,
    township_id  integer NOT NULL REFERENCES township (id),
    year         integer NOT NULL,
    serial       integer NOT NULL CHECK (serial >= 1),
    village_id   integer NOT NULL REFERENCES village (id),
    household_id integer NOT NULL REFERENCES household (id),
    person_id    integer NOT NULL REFERENCES person (id),
    kind         text NOT NULL CHECK (kind IN ('proposal', 'complaint')),
    -- who may read it: the township's office alone, or the village too
    audience     text NOT NULL CHECK (audience IN ('office', 'village')),
    words        text NOT NULL CHECK (words <> ''),
    filed_at     datetime NOT NULL,
    answer       text NOT NULL DEFAULT '',
    answered_at  datetime,
    UNIQUE (township_id, year, serial),
    CHECK (kind = 'proposal' OR audience = 'office'),
    CHECK ((answer = '') = (answered_at IS NULL))
);
CREATE INDEX suggestion_person ON suggestion (person_id, filed_at);

CREATE TABLE notice_choice (
    person_id integer NOT NULL REFERENCES person (id),
    kind      text NOT NULL CHECK (kind IN ('published', 'redeem', 'lapse', 'dispute')),
    wanted    boolean NOT NULL,
    chosen_at datetime NOT NULL,
    PRIMARY KEY (person_id, kind)
);

CREATE TABLE helper (
    id           integer PRIMARY KEY,
    household_id integer NOT NULL REFERENCES household (id),
    -- the household that was asked, and who of it said yes
    of_household integer NOT NULL REFERENCES household (id),
    person_id    integer REFERENCES person (id),
    asked_by     integer NOT NULL REFERENCES person (id),
    state        text NOT NULL CHECK (state IN ('asked', 'accepted', 'declined', 'ended')),
    asked_at     datetime NOT NULL,
    -- the last day of an accepted one
    until        text,
    CHECK (household_id <> of_household),
    CHECK (state <> 'accepted' OR person_id IS NOT NULL AND until IS NOT NULL)
);
CREATE INDEX helper_household ON helper (household_id);
CREATE INDEX helper_of ON helper (of_household);
CREATE INDEX helper_person ON helper (person_id);

CREATE TABLE helper_log (
    id        integer PRIMARY KEY,
    helper_id integer NOT NULL REFERENCES helper (id),
    person_id integer NOT NULL REFERENCES person (id),
    what      text NOT NULL CHECK (what IN ('asked', 'accepted', 'declined', 'ended', 'looked')),
    at        datetime NOT NULL
);
CREATE INDEX helper_log_helper ON helper_log (helper_id);

-- a household's people are also told what becomes of its helpers
CREATE TABLE news_now (
    id           integer PRIMARY KEY,
    person_id    integer NOT NULL REFERENCES person (id),
    kind         text NOT NULL CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping')),
    household_id integer NOT NULL REFERENCES household (id),
    request_id   integer NOT NULL
);
INSERT INTO news_now SELECT * FROM enrol_news;
DROP TABLE enrol_news;
ALTER TABLE news_now RENAME TO enrol_news;
CREATE INDEX enrol_news_person ON enrol_news (person_id);

-- +goose Down
CREATE TABLE news_now (
    id           integer PRIMARY KEY,
    person_id    integer NOT NULL REFERENCES person (id),
    kind         text NOT NULL CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed')),
    household_id integer NOT NULL REFERENCES household (id),
    request_id   integer NOT NULL
);
INSERT INTO news_now SELECT * FROM enrol_news WHERE kind <> 'helping';
DROP TABLE enrol_news;
ALTER TABLE news_now RENAME TO enrol_news;
CREATE INDEX enrol_news_person ON enrol_news (person_id);
DROP TABLE helper_log;
DROP TABLE helper;
DROP TABLE notice_choice;
DROP TABLE suggestion;
DROP TABLE draft;
