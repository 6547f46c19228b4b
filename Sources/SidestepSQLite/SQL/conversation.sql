-- columns conversation: key, name, revision, length, metadata, created_at, updated_at

-- name: conversation_by_name
SELECT {conversation} FROM conversation WHERE user_id = ?1 AND name = ?2;

-- A name begins with the prefix when it lies between it and it with the highest character behind.
-- name: conversation_list
SELECT {conversation} FROM conversation
WHERE user_id = ?1 AND name > ?2 AND name >= ?3 AND name < ?3 || char(1114111) ORDER BY name LIMIT ?4;

-- name: conversation_entries
SELECT entry_id, value FROM conversation_entry
WHERE conversation = ?1 AND number >= ?2 AND number < ?3 ORDER BY number;

-- name: conversation_entry_by_id
SELECT name, entry_id, value FROM conversation_entry
JOIN conversation ON conversation.key = conversation_entry.conversation
WHERE entry_id = ?2 AND user_id = ?1 AND (?3 IS NULL OR name = ?3) ORDER BY conversation LIMIT 1;

-- name: conversation_add
INSERT INTO conversation (user_id, name, revision, length, created_at, updated_at)
VALUES (?1, ?2, 0, 0, ?3, ?3) RETURNING {conversation};

-- name: conversation_update
UPDATE conversation SET revision = ?2, length = ?3, metadata = ?4, updated_at = ?5 WHERE key = ?1;

-- name: conversation_entry_add
INSERT OR IGNORE INTO conversation_entry (conversation, number, entry_id, value) VALUES (?1, ?2, ?3, ?4);

-- name: conversation_cut
DELETE FROM conversation_entry WHERE conversation = ?1 AND number >= ?2;

-- No user has this number.
-- name: conversation_hide
UPDATE conversation SET user_id = 4294967295, name = 'removed/' || key WHERE key = ?1;

-- name: conversation_show
UPDATE conversation SET user_id = ?2, name = ?3 WHERE key = ?1;
