-- A household's people are also told that it was warned.

-- +goose Up
ALTER TABLE enrol_news DROP CONSTRAINT enrol_news_kind_check;
ALTER TABLE enrol_news ADD CONSTRAINT enrol_news_kind_check CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping', 'warned'));

-- +goose Down
DELETE FROM enrol_news WHERE kind = 'warned';
ALTER TABLE enrol_news DROP CONSTRAINT enrol_news_kind_check;
ALTER TABLE enrol_news ADD CONSTRAINT enrol_news_kind_check CHECK (kind IN ('asked', 'approved', 'refused', 'joined', 'removed', 'helping'));
