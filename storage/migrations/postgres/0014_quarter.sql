-- A quarter is assessed, signed, published with its minutes, withdrawn with the township's consent, and sealed with what is in dispute.

-- +goose Up
-- who gave a pending event back to its recorder
ALTER TABLE event ADD COLUMN returned_by bigint REFERENCES person (id);
ALTER TABLE event ADD CONSTRAINT event_returned_check CHECK (returned_by <> recorder AND (typist IS NULL OR returned_by <> typist));

-- who signed the sheet to come, and what it was when they did
CREATE TABLE quarter_sign (
    village_id bigint NOT NULL REFERENCES village (id),
    year       int  NOT NULL,
    n          int  NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition    int  NOT NULL CHECK (edition >= 1),
    person_id  bigint NOT NULL REFERENCES person (id),
    digest     text NOT NULL CHECK (length(digest) = 64),
    signed_at  timestamptz NOT NULL,
    PRIMARY KEY (village_id, year, n, edition, person_id)
);

-- the meeting that published a sheet
CREATE TABLE minutes (
    village_id bigint NOT NULL REFERENCES village (id),
    year       int  NOT NULL,
    n          int  NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition    int  NOT NULL CHECK (edition >= 1),
    words      text NOT NULL CHECK (words <> ''),
    digest     text NOT NULL CHECK (length(digest) = 64),
    publisher  bigint NOT NULL REFERENCES person (id),
    PRIMARY KEY (village_id, year, n, edition)
);

CREATE TABLE minutes_photo (
    village_id bigint NOT NULL,
    year       int  NOT NULL,
    n          int  NOT NULL,
    edition    int  NOT NULL,
    photo      text NOT NULL CHECK (length(photo) = 64),
    PRIMARY KEY (village_id, year, n, edition, photo),
    FOREIGN KEY (village_id, year, n, edition) REFERENCES minutes (village_id, year, n, edition)
);

-- a sheet that is to come down, or came down
CREATE TABLE withdrawal (
    village_id   bigint NOT NULL REFERENCES village (id),
    year         int  NOT NULL,
    n            int  NOT NULL CHECK (n BETWEEN 1 AND 4),
    edition      int  NOT NULL CHECK (edition >= 1),
    reason       text NOT NULL CHECK (reason <> ''),
    asked_by     bigint NOT NULL REFERENCES person (id),
    asked_at     timestamptz NOT NULL,
    -- of the township's office
    consented_by bigint REFERENCES person (id),
    consented_at timestamptz,
    PRIMARY KEY (village_id, year, n, edition),
    CHECK ((consented_by IS NULL) = (consented_at IS NULL))
);

-- lines that were in dispute when their quarter was sealed
CREATE TABLE contested (
    village_id bigint NOT NULL,
    seq        bigint NOT NULL,
    year       int  NOT NULL,
    n          int  NOT NULL CHECK (n BETWEEN 1 AND 4),
    PRIMARY KEY (village_id, seq),
    FOREIGN KEY (village_id, seq) REFERENCES ledger_entry (village_id, seq)
);

-- +goose Down
DROP TABLE contested, withdrawal, minutes_photo, minutes, quarter_sign;
ALTER TABLE event DROP COLUMN returned_by;
