-- A quarter is assessed, signed, published with its minutes, withdrawn with the township's consent, and sealed with what is in dispute.

-- +goose Up
-- who gave a pending event back to its recorder
ALTER TABLE event ADD COLUMN returned_by integer REFERENCES person (id) CHECK (returned_by <> recorder AND (typist IS NULL OR returned_by <> typist));

-- who signed the sheet to come, and what it was when they did
CREATE TABLE quarter_sign (
    village_id integer NOT NULL REFERENCES village (id),
    year       integer NOT NULL,
    n          integer NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition    integer NOT NULL CHECK (edition >= 1),
    person_id  integer NOT NULL REFERENCES person (id),
    digest     text NOT NULL CHECK (length(digest) = 64),
    signed_at  datetime NOT NULL,
    PRIMARY KEY (village_id, year, n, edition, person_id)
);

-- the meeting that published a sheet
CREATE TABLE minutes (
    village_id integer NOT NULL REFERENCES village (id),
    year       integer NOT NULL,
    n          integer NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition    integer NOT NULL CHECK (edition >= 1),
    words      text NOT NULL CHECK (words <> ''),
    digest     text NOT NULL CHECK (length(digest) = 64),
    publisher  integer NOT NULL REFERENCES person (id),
    PRIMARY KEY (village_id, year, n, edition)
);

CREATE TABLE minutes_photo (
    village_id integer NOT NULL,
    year       integer NOT NULL,
    n          integer NOT NULL,
    edition    integer NOT NULL,
    photo      text NOT NULL CHECK (length(photo) = 64),
    PRIMARY KEY (village_id, year, n, edition, photo),
    FOREIGN KEY (village_id, year, n, edition) REFERENCES minutes (village_id, year, n, edition)
);

-- a sheet that is to come down, or came down
CREATE TABLE withdrawal (
    village_id   integer NOT NULL REFERENCES village (id),
    year         integer NOT NULL,
    n            integer NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition      integer NOT NULL CHECK (edition >= 1),
    reason       text NOT NULL CHECK (reason <> ''),
    asked_by     integer NOT NULL REFERENCES person (id),
    asked_at     datetime NOT NULL,
    -- of the township's office
    consented_by integer REFERENCES person (id),
    consented_at datetime,
    PRIMARY KEY (village_id, year, n, edition),
    CHECK ((consented_by IS NULL) = (consented_at IS NULL))
);

-- lines that were in dispute when their quarter was sealed
CREATE TABLE contested (
    village_id integer NOT NULL,
    seq        integer NOT NULL,
    year       integer NOT NULL,
    n          integer NOT NULL CHECK (n BETWEEN 1 AND 4),
    PRIMARY KEY (village_id, seq),
    FOREIGN KEY (village_id, seq) REFERENCES ledger_entry (village_id, seq)
);

-- +goose Down
DROP TABLE contested;
DROP TABLE withdrawal;
DROP TABLE minutes_photo;
DROP TABLE minutes;
DROP TABLE quarter_sign;
ALTER TABLE event DROP COLUMN returned_by;
