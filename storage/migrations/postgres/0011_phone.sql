-- What a phone says that it still holds takes the place of what earlier sessions of it said.

-- +goose Up
-- which phone it is, by its own word; '' where it does not say
ALTER TABLE session ADD COLUMN phone text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE session DROP COLUMN phone;
