-- SetProfile is what people say of themselves, in all of their accounts.
-- name: SetProfile :exec
UPDATE users SET name = @name, display_name = sqlc.narg('display_name'), message_signature = sqlc.narg('message_signature'), updated_at = now()
WHERE id = @id;

-- SetUserEmail changes the address with which somebody signs in; it is unique over all accounts. Nobody has shown that
-- it is theirs.
-- name: SetUserEmail :exec
UPDATE users SET email = @email, confirmed_at = CASE WHEN email = @email THEN confirmed_at END, updated_at = now() WHERE id = @id;

-- SetUserPicture shows a picture of a user, or none.
-- name: SetUserPicture :exec
UPDATE users SET avatar_hash = sqlc.narg('avatar_hash'), updated_at = now() WHERE id = @id;
