-- What people are told without asking: one row a person, scope and occasion, for ever; how they can be reached; what the schedule has done.

-- +goose Up
CREATE TABLE push (
    id           integer PRIMARY KEY,
    person_id    integer NOT NULL REFERENCES person (id),
    scope        text NOT NULL,
    occasion     text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('published', 'redeem', 'lapse', 'dispute', 'case', 'timetable', 'late', 'visits', 'summary', 'alarm')),
    facts        text NOT NULL,
    came_at      datetime NOT NULL,
    until        datetime NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'sending', 'accepted', 'delivered', 'in_doubt', 'unreachable', 'declined', 'expired')),
    -- of the scope; both NULL for a township
    village_id   integer REFERENCES village (id),
    household_id integer REFERENCES household (id),
    -- a waiting one is not looked at before
    due_at       datetime NOT NULL,
    -- the newest way, and the channels that led nowhere, apart by commas
    channel      text NOT NULL DEFAULT '',
    template     text NOT NULL DEFAULT '',
    tried        text NOT NULL DEFAULT '',
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- a waiting one that may have gone out at begun_at, and is sent again under its number
    doubtful     boolean NOT NULL DEFAULT false,
    begun_at     datetime,
    -- who put it on the wire, and until when, by the database's clock, news of it is waited for
    claim        integer NOT NULL DEFAULT 0,
    lease_until  datetime,
    -- what the platform said last: its number of the message, its code
    msg_id       text NOT NULL DEFAULT '',
    code         integer NOT NULL DEFAULT 0,
    changed_at   datetime NOT NULL,
    UNIQUE (person_id, scope, occasion),
    CHECK (state <> 'sending' OR channel <> '' AND begun_at IS NOT NULL AND lease_until IS NOT NULL),
    CHECK (NOT doubtful OR state IN ('waiting', 'sending', 'in_doubt'))
);
CREATE INDEX push_due ON push (doubtful DESC, due_at, id) WHERE state = 'waiting';
CREATE INDEX push_open ON push (lease_until) WHERE state IN ('sending', 'accepted');
CREATE INDEX push_message ON push (msg_id) WHERE msg_id <> '';
CREATE INDEX push_village ON push (village_id, occasion);

-- each try, and each word of the platform's on it
CREATE TABLE push_log (
    id      integer PRIMARY KEY,
    push_id integer NOT NULL REFERENCES push (id),
    at      datetime NOT NULL,
    channel text NOT NULL,
    became  text NOT NULL,
    code    integer NOT NULL
);
CREATE INDEX push_log_push ON push_log (push_id);

-- by the openid at the official account: what is known before somebody is bound stays true
CREATE TABLE reach (
    openid     text PRIMARY KEY,
    unfollowed boolean NOT NULL DEFAULT false,
    -- when they wrote last, and how many customer-service messages went out since
    said_at    datetime,
    used       integer NOT NULL DEFAULT 0,
    -- until when the platform takes no more for them
    rests      datetime,
    -- the last refusal that was about them
    code       integer NOT NULL DEFAULT 0,
    refused_at datetime
);

-- by the openid at either account: how many messages of a template a person agreed to
CREATE TABLE credit (
    openid     text NOT NULL,
    template   text NOT NULL,
    remaining  integer NOT NULL CHECK (remaining >= 0),
    changed_at datetime NOT NULL,
    PRIMARY KEY (openid, template)
);

-- ways that nobody is sent anything by for a while
CREATE TABLE push_stop (
    what  text PRIMARY KEY,
    until datetime NOT NULL,
    code  integer NOT NULL,
    at    datetime NOT NULL
);

-- how many messages the platform took on a day
CREATE TABLE push_day (
    channel text NOT NULL,
    day     text NOT NULL,
    sent    integer NOT NULL,
    PRIMARY KEY (channel, day)
);

-- how far each job of the schedule has come; lease_until is by the database's clock
CREATE TABLE schedule (
    job         text PRIMARY KEY,
    watermark   datetime NOT NULL,
    lease_until datetime
);

CREATE TABLE occasion (
    job         text NOT NULL,
    at          datetime NOT NULL,
    state       text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    attempts    integer NOT NULL DEFAULT 0,
    claim       integer NOT NULL DEFAULT 0,
    lease_until datetime,
    -- what the run counted, as JSON
    counts      text NOT NULL DEFAULT '',
    ended_at    datetime,
    PRIMARY KEY (job, at)
);
CREATE INDEX occasion_waiting ON occasion (at, job) WHERE state = 'waiting';

-- +goose Down
DROP TABLE occasion;
DROP TABLE schedule;
DROP TABLE push_day;
DROP TABLE push_stop;
DROP TABLE credit;
DROP TABLE reach;
DROP TABLE push_log;
DROP TABLE push;
