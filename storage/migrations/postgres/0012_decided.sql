-- A household's people are also told what became of a declaration and of a warning.

-- +goose Up
ALTER TABLE enrol_news DROP CONSTRAINT enrol_news_kind_check;
ALTER TABLE enrol_news ADD CONSTRAINT enrol_news_kind_check CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping', 'warned', 'taken', 'declined', 'closed'));

-- +goose Down
DELETE FROM enrol_news WHERE kind IN ('taken', 'declined', 'closed');
ALTER TABLE enrol_news DROP CONSTRAINT enrol_news_kind_check;
ALTER TABLE enrol_news ADD CONSTRAINT enrol_news_kind_check CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping', 'warned'));
