-- ListAttributeDefinitions lists an account's custom attributes, of one model or of all, oldest first (the key on
-- account_id, model, key).
-- name: ListAttributeDefinitions :many
SELECT * FROM attribute_definitions
WHERE account_id = @account_id AND (sqlc.narg('model')::attribute_model IS NULL OR model = sqlc.narg('model')::attribute_model)
  AND id > @after_id::bigint
ORDER BY id LIMIT @page_size;

-- name: GetAttributeDefinition :one
SELECT * FROM attribute_definitions WHERE account_id = @account_id AND id = @id;

-- FindAttributeDefinition finds the custom attribute that a filter names.
-- name: FindAttributeDefinition :one
SELECT * FROM attribute_definitions WHERE account_id = @account_id AND model = @model AND key = @key;

-- name: InsertAttributeDefinition :one
INSERT INTO attribute_definitions (account_id, model, key, display_name, display_type, description, "values",
    default_value, regex_pattern, regex_cue)
VALUES (@account_id, @model, @key, @display_name, @display_type, @description, @vals, sqlc.narg('default_value'),
    sqlc.narg('regex_pattern'), sqlc.narg('regex_cue'))
RETURNING *;

-- name: UpdateAttributeDefinition :one
UPDATE attribute_definitions SET key = @key, display_name = @display_name, display_type = @display_type,
    description = @description, "values" = @vals,
    default_value = sqlc.narg('default_value'), regex_pattern = sqlc.narg('regex_pattern'),
    regex_cue = sqlc.narg('regex_cue'), updated_at = now()
WHERE account_id = @account_id AND id = @id RETURNING *;

-- name: DeleteAttributeDefinition :execrows
DELETE FROM attribute_definitions WHERE account_id = @account_id AND id = @id;
