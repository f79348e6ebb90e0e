-- A household's people are also told what became of a declaration and of a warning.

-- +goose Up
CREATE TABLE news_now (
    id           integer PRIMARY KEY,
    person_id    integer NOT NULL REFERENCES person (id),
    kind         text NOT NULL CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping', 'warned', 'taken', 'declined', 'closed')),
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
    kind         text NOT NULL CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping', 'warned')),
    household_id integer NOT NULL REFERENCES household (id),
    request_id   integer NOT NULL
);
INSERT INTO news_now SELECT * FROM enrol_news WHERE kind NOT IN ('taken', 'declined', 'closed');
DROP TABLE enrol_news;
ALTER TABLE news_now RENAME TO enrol_news;
CREATE INDEX enrol_news_person ON enrol_news (person_id);
