-- The first schema: who is who, the catalogue, events, the append-only ledger, quarters and sheets, outcomes and conversations.

-- +goose Up
CREATE TABLE township (
    id     integer PRIMARY KEY,
    name   text NOT NULL UNIQUE,
    office text NOT NULL
);

CREATE TABLE village (
    id          integer PRIMARY KEY,
    township_id integer NOT NULL REFERENCES township (id),
    name        text NOT NULL,
    desk        text NOT NULL,
    board       text NOT NULL CHECK (board IN ('masked', 'full')),
    signers     integer  NOT NULL CHECK (signers >= 1),
    late_days   integer  NOT NULL CHECK (late_days >= 0),
    -- how far its quarters have come: year * 4 + n - 1, -1 for none
    sealed      integer  NOT NULL DEFAULT -1,
    published   integer  NOT NULL DEFAULT -1,
    last_sheet  integer,
    -- the newest link of its chain; the row's lock orders everything that is posted
    head_seq    integer NOT NULL DEFAULT 0,
    head_hash   blob  NOT NULL,
    -- redrawn whenever anything of the village that an answer shows has changed
    version     integer NOT NULL,
    UNIQUE (township_id, name)
);

CREATE TABLE household (
    id         integer PRIMARY KEY,
    village_id integer NOT NULL REFERENCES village (id),
    number     text NOT NULL,
    head       text NOT NULL,
    state      text NOT NULL CHECK (state IN ('active', 'merged', 'gone')),
    joined     text NOT NULL,
    UNIQUE (village_id, number)
);

CREATE TABLE person (
    id                integer PRIMARY KEY,
    openid            text UNIQUE,
    mini_openid       text UNIQUE,
    name              text NOT NULL,
    current_household integer REFERENCES household (id),
    -- redrawn whenever an answer to this person may change
    version           integer NOT NULL
);

CREATE TABLE member (
    id           integer PRIMARY KEY,
    household_id integer NOT NULL REFERENCES household (id),
    name         text NOT NULL,
    person_id    integer REFERENCES person (id)
);
CREATE UNIQUE INDEX member_person ON member (person_id, household_id) WHERE person_id IS NOT NULL;
CREATE INDEX member_household ON member (household_id);

CREATE TABLE post (
    id          integer PRIMARY KEY,
    person_id   integer NOT NULL REFERENCES person (id),
    role        text NOT NULL CHECK (role IN ('team_member', 'deputy', 'leader', 'shopkeeper', 'officer', 'auditor')),
    village_id  integer REFERENCES village (id),
    township_id integer REFERENCES township (id),
    CHECK ((village_id IS NULL) <> (township_id IS NULL))
);
CREATE INDEX post_person ON post (person_id);

CREATE TABLE kin (
    a        integer NOT NULL REFERENCES household (id),
    b        integer NOT NULL REFERENCES household (id),
    relation text NOT NULL CHECK (relation IN ('spouse', 'parent', 'sibling')),
    PRIMARY KEY (a, b),
    CHECK (a < b)
);
CREATE INDEX kin_b ON kin (b);

CREATE TABLE card (
    number       text PRIMARY KEY,
    household_id integer NOT NULL REFERENCES household (id),
    token_hash   blob NOT NULL UNIQUE,
    state        text NOT NULL CHECK (state IN ('active', 'revoked'))
);
CREATE INDEX card_household ON card (household_id);

CREATE TABLE item (
    id          integer PRIMARY KEY,
    village_id  integer NOT NULL REFERENCES village (id),
    year        integer  NOT NULL,
    code        text NOT NULL,
    category    text NOT NULL,
    title       text NOT NULL,
    value       integer  NOT NULL CHECK (value <> 0),
    unit        text NOT NULL,
    cap_month   integer  NOT NULL CHECK (cap_month >= 0),
    cap_quarter integer  NOT NULL CHECK (cap_quarter >= 0),
    cap_year    integer  NOT NULL CHECK (cap_year >= 0),
    cap_ever    integer  NOT NULL CHECK (cap_ever >= 0),
    evidence    text NOT NULL,
    warn_first  boolean NOT NULL,
    public      boolean NOT NULL,
    UNIQUE (village_id, year, code)
);

CREATE TABLE event (
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
CREATE INDEX event_household ON event (household_id, item_id);
CREATE INDEX event_pending ON event (household_id) WHERE state = 'pending';

CREATE TABLE account (
    id           integer PRIMARY KEY,
    household_id integer NOT NULL REFERENCES household (id),
    village_id   integer NOT NULL REFERENCES village (id),
    year         integer NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
    lines        integer NOT NULL CHECK (lines >= 0),
    score        integer NOT NULL,
    waiting1     integer NOT NULL,
    waiting2     integer NOT NULL,
    waiting3     integer NOT NULL,
    waiting4     integer NOT NULL,
    settled      integer NOT NULL,
    reserved     integer NOT NULL CHECK (reserved >= 0),
    written_off  integer NOT NULL CHECK (written_off >= 0),
    grace        datetime,
    -- redrawn whenever anything of this account that an answer shows has changed
    version      integer NOT NULL,
    UNIQUE (household_id, year)
);
CREATE INDEX account_village ON account (village_id, year);

CREATE TABLE ledger_entry (
    village_id  integer NOT NULL REFERENCES village (id),
    seq         integer NOT NULL CHECK (seq >= 1),
    account_id  integer NOT NULL REFERENCES account (id),
    line_no     integer  NOT NULL CHECK (line_no >= 1),
    kind        text NOT NULL CHECK (kind IN ('base', 'opening', 'event', 'correction', 'award', 'transfer',
                                              'redemption', 'return', 'reinstatement', 'lapse', 'write_off')),
    root        text NOT NULL,
    tenths      integer  NOT NULL CHECK (tenths <> 0 AND abs(tenths) <= 100000),
    counts_in   text NOT NULL,
    occurred_on text NOT NULL,
    corrects    integer NOT NULL CHECK (corrects >= 0 AND corrects < seq),
    event_id    integer NOT NULL,
    item        text NOT NULL,
    title       text NOT NULL,
    reason      text NOT NULL,
    recorder    integer NOT NULL,
    confirmer   integer NOT NULL,
    posted_at   datetime NOT NULL,
    prev_hash   blob NOT NULL,
    hash        blob NOT NULL,
    PRIMARY KEY (village_id, seq),
    CHECK (recorder = 0 OR recorder <> confirmer)
);
CREATE UNIQUE INDEX ledger_entry_line ON ledger_entry (account_id, line_no);
CREATE UNIQUE INDEX ledger_entry_one_correction ON ledger_entry (village_id, corrects) WHERE kind = 'correction';
CREATE UNIQUE INDEX ledger_entry_one_event ON ledger_entry (event_id) WHERE kind = 'event';
CREATE INDEX ledger_entry_answers ON ledger_entry (village_id, corrects) WHERE corrects > 0;

CREATE TABLE quarter (
    village_id   integer NOT NULL REFERENCES village (id),
    year         integer  NOT NULL,
    n            integer  NOT NULL CHECK (n BETWEEN 1 AND 4),
    state        text NOT NULL CHECK (state IN ('open', 'assessing', 'published', 'sealed')),
    edition      integer  NOT NULL,
    published_on text,
    sealed_on    text,
    PRIMARY KEY (village_id, year, n)
);

CREATE TABLE sheet (
    id           integer PRIMARY KEY,
    village_id   integer NOT NULL REFERENCES village (id),
    year         integer  NOT NULL,
    n            integer  NOT NULL,
    edition      integer  NOT NULL,
    published_at datetime NOT NULL,
    head_seq     integer NOT NULL,
    head_hash    blob NOT NULL,
    code         text NOT NULL UNIQUE,
    households   integer  NOT NULL,
    ranked       integer  NOT NULL,
    UNIQUE (village_id, year, n, edition)
);

CREATE TABLE sheet_row (
    sheet_id     integer NOT NULL REFERENCES sheet (id),
    household_id integer NOT NULL REFERENCES household (id),
    score        integer NOT NULL,
    gained       integer NOT NULL,
    rank         integer NOT NULL CHECK (rank >= 0),
    PRIMARY KEY (sheet_id, household_id)
);

CREATE TABLE outcome (
    key   text PRIMARY KEY,
    body  text NOT NULL,
    actor integer NOT NULL,
    code  text NOT NULL,
    facts text NOT NULL,
    at    datetime NOT NULL
);

CREATE TABLE step (
    openid text PRIMARY KEY,
    name   text NOT NULL,
    data   text NOT NULL,
    until  datetime NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN
    SELECT RAISE(ABORT, 'ledger_entry is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN
    SELECT RAISE(ABORT, 'ledger_entry is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_no_update BEFORE UPDATE ON sheet BEGIN
    SELECT RAISE(ABORT, 'sheet is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_no_delete BEFORE DELETE ON sheet BEGIN
    SELECT RAISE(ABORT, 'sheet is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_row_no_update BEFORE UPDATE ON sheet_row BEGIN
    SELECT RAISE(ABORT, 'sheet_row is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER sheet_row_no_delete BEFORE DELETE ON sheet_row BEGIN
    SELECT RAISE(ABORT, 'sheet_row is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE step;
DROP TABLE outcome;
DROP TABLE sheet_row;
DROP TABLE sheet;
DROP TABLE quarter;
DROP TABLE ledger_entry;
DROP TABLE account;
DROP TABLE event;
DROP TABLE item;
DROP TABLE card;
DROP TABLE kin;
DROP TABLE post;
DROP TABLE member;
DROP TABLE person;
DROP TABLE household;
DROP TABLE village;
DROP TABLE township;
