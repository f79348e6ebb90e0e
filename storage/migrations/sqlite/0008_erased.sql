-- Who had their information deleted and is still on a household's register: an import does not bring their phone back.

-- +goose Up
ALTER TABLE member ADD COLUMN erased boolean NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE member DROP COLUMN erased;
